"""A match step by step: `/api/rooms/{room}/replay`."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from kibitz.http.resources.asked import Asked
from kibitz.protocol.messages import PatchOp


class ReplayQuery(Asked, frozen=True):
    """`match` omitted: the last one; `seat` omitted: as a spectator. `after` and `limit` page through."""

    match: Annotated[int, Meta(ge=1, le=2**31)] | None = None
    seat: Annotated[int, Meta(ge=0, le=63)] | None = None
    after: Annotated[int, Meta(ge=0, le=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=2000)] = 1000


class ReplayPlayer(Struct, frozen=True):
    seat: int
    player: str
    name: str | None
    is_bot: bool


class ReplayStart(Struct, frozen=True):
    """The view from which the steps of this page lead on."""

    version: int
    at_us: int
    view: dict[str, Any]


class ReplayStep(Struct, frozen=True):
    """One event; `ops` lead from the view before it to the one whose canonical JSON has this `checksum`.

    `type` and `args` are null where hidden from this viewer. `epoch` and `version` name the row. A row of
    a game in real time holds many ticks: it has a step for each, all of one `version`, with its `tick`.
    """

    epoch: str
    version: int
    at_us: int
    kind: str
    seat: int | None
    type: str | None
    args: Any
    ops: list[PatchOp]
    checksum: int
    tick: int | UnsetType = UNSET


class Replay(Struct, frozen=True):
    """A match, without what was rewound. `status` is the match's: `playing`, `paused`, `finished`,
    `closed` (its room ended before it did) or `faulted` (the game fails after the last step).

    `seat` is the viewer's, null for a spectator; `may_see` are the seats that may be asked for.
    `next` is what to ask `after` for the page that follows, null at the end.
    """

    room_id: str
    game: str
    rules_version: int
    match: int
    matches: int
    status: str
    seat: int | None
    players: list[ReplayPlayer]
    teams: tuple[int, ...] | None
    may_see: list[int]
    start: ReplayStart
    steps: list[ReplayStep]
    next: int | None
