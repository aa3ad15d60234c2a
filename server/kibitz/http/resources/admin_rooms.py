"""One room for its admins, and what failed: `/api/admin/rooms/{room}`, `/api/admin/faults`."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from kibitz.http.resources.admin_live import AdminRoom
from kibitz.http.resources.asked import Asked
from kibitz.http.resources.histories import HistoryStep


class RoomFault(Struct, frozen=True):
    """What failed last in a room. `error` is the exception, for admins only."""

    what: str
    at_ms: int
    error: str


class RecoveryPointInfo(Struct, frozen=True):
    """`is_intact`: its checksum is that of its content."""

    version: int
    at_ms: int
    is_intact: bool


class FaultedRoom(Struct, frozen=True):
    """A room that takes no actions, and what was going on, as far as that is known. `why`: `crash`,
    `killed`, `stuck`, `unreadable`, `faults`, or the code that refuses it."""

    room_id: str
    game: str
    version: int
    why: str
    at_ms: int
    doing: str
    player: str
    action_id: str
    action: str
    error: str
    recovery_points: list[RecoveryPointInfo]


class FaultsQuery(Asked, frozen=True):
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100


class RefusedAct(Struct, frozen=True):
    """An action that crashed the server, and is refused by itself; its room plays on."""

    room_id: str
    why: str
    at_ms: int
    player: str
    action_id: str
    action: str
    error: str


class Faults(Struct, frozen=True):
    """`POST /api/admin/rooms/{room}/release` tries a room, and the acts refused in it, again."""

    rooms: list[FaultedRoom]
    acts: list[RefusedAct]


class AdminRoomDetail(Struct, frozen=True):
    """One open room. `fault` is null where nothing failed since it was loaded; `refusal` is the code that
    keeps it out of use; `out_of_play` says why it takes no actions; `history` are its last events, oldest
    first."""

    room: AdminRoom
    epoch: str
    rules_version: int
    options: dict[str, Any]
    host: str
    host_name: str | None
    refusal: str | None
    fault: RoomFault | None
    out_of_play: FaultedRoom | None
    history: list[HistoryStep]
