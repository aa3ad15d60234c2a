"""What became of a room: `/api/rooms/{room}/history`."""

from typing import Annotated

from msgspec import Meta, Struct

from kibitz.http.resources.asked import Asked


class HistoryQuery(Asked, frozen=True):
    after: Annotated[int, Meta(ge=0, le=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


class HistoryStep(Struct, frozen=True, rename={"from_": "from"}):
    """One event: `timestamp` in ISO 8601 (UTC), `trigger` its kind. `from` and `to` are phases of the
    game, null where no match is on; `status_from` is null at the room's creation."""

    version: int
    timestamp: str
    trigger: str
    seat: int | None
    match: int | None
    status_from: str | None
    status_to: str
    from_: str | None
    to: str | None


class History(Struct, frozen=True):
    """Oldest first, what was rewound later too; `next` is what to ask `after` for the following page."""

    room_id: str
    transitions: list[HistoryStep]
    next: int | None
