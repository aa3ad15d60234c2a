"""Rooms as their players and the lobby see them: `/api/rooms`, its forks and its events."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from kibitz.http.resources.asked import Asked
from kibitz.protocol.messages import ShownEvent


class SeatInfo(Struct, frozen=True):
    """`player` and `name` are null where the seat is free. `transport` and `latency_ms` of the
    player's best connection, null without one."""

    seat: int
    player: str | None
    name: str | None
    is_bot: bool
    status: Literal["connected", "reconnecting", "disconnected"]
    transport: str | None = None
    latency_ms: int | None = None


class RoomInfo(Struct, frozen=True):
    """A room as lobby, invite page and tools see it; `version` is the last committed one.

    Whoever knows a room's id may invite to it: `code` and `invite_url` are null only in lists.
    Spectators are shown what was committed `spectator_delay_ms` ago; what stands here is of now.
    `is_quick`: made by quick match; while it waits, bots take its free seats at `bots_at_ms`, null: never.
    `options` are those it was made with, with the game's defaults; `teams` has the team of each seat, null
    where everybody plays alone. Of a closed room neither is told.
    """

    room_id: str
    game: str
    title: str
    status: str
    seats: list[SeatInfo]
    spectators: int
    version: int
    match: int
    is_private: bool
    created_at_ms: int
    last_event_at_ms: int
    code: str | None = None
    invite_url: str | None = None
    options: dict[str, Any] | None = None
    teams: tuple[int, ...] | None = None
    spectator_delay_ms: int = 0
    is_quick: bool = False
    bots_at_ms: int | None = None


class RoomList(Struct, frozen=True):
    rooms: list[RoomInfo]


class RoomQuery(Asked, frozen=True):
    game: str | None = None
    status: Literal["waiting", "playing", "finished"] | None = None


class CreateRoom(Asked, frozen=True, rename={"is_private": "private"}):
    """`seats` omitted: the game's least. `bots` of them, the last ones, are played by the server.
    `spectator_delay_ms`: all that spectators are shown is so old."""

    game: Annotated[str, Meta(min_length=1, max_length=64)]
    options: Raw | UnsetType = UNSET
    seats: Annotated[int, Meta(ge=1, le=64)] | UnsetType = UNSET
    is_private: bool = False
    bots: Annotated[int, Meta(ge=0, le=63)] = 0
    spectator_delay_ms: Annotated[int, Meta(ge=0, le=600_000)] = 0


class RoomCreated(Struct, frozen=True):
    room_id: str
    code: str
    invite_url: str


class ForkRoom(Asked, frozen=True, rename={"is_private": "private"}):
    """Go on from `version` of a finished match. `bots` take the last seats."""

    version: Annotated[int, Meta(ge=1, le=2**53)]
    bots: Annotated[int, Meta(ge=0, le=63)] = 0
    is_private: bool = False


class EventsQuery(Asked, frozen=True):
    after: Annotated[int, Meta(ge=0, le=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


class EventPage(Struct, frozen=True):
    """Oldest first; `next` is what to ask `after` for the following page, null at the end."""

    events: list[ShownEvent]
    next: int | None
