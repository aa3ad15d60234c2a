"""What is going on at the moment: `/api/admin/rooms`."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kibitz.http.resources.asked import Asked
from kibitz.http.resources.rooms import SeatInfo


class AdminRoom(Struct, frozen=True):
    room_id: str
    game: str
    status: str
    seats: list[SeatInfo]
    spectators: int
    version: int
    match: int
    created_at_ms: int
    last_event_at_ms: int
    code: str
    is_private: bool
    is_quick: bool


class Connections(Struct, frozen=True):
    websocket: int
    polling: int


class AdminRoomsQuery(Asked, frozen=True):
    """`rooms`: only these, ids or join codes with commas between them. `after`: those that follow the
    page whose `next` that was. `limit` 0 asks for the totals alone."""

    status: Literal["waiting", "playing", "paused", "finished", "faulted"] | None = None
    game: Annotated[str, Meta(max_length=64)] | None = None
    rooms: Annotated[str, Meta(max_length=6000)] | None = None
    after: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    limit: Annotated[int, Meta(ge=0, le=1000)] = 200


class Totals(Struct, frozen=True):
    """Open rooms of each status, at most a second old."""

    waiting: int = 0
    playing: int = 0
    paused: int = 0
    finished: int = 0
    faulted: int = 0


class AdminRooms(Struct, frozen=True):
    """Newest first. `next` is what to ask `after` for those that follow, null at the end; `totals` counts
    every open room, whatever was asked for."""

    rooms: list[AdminRoom]
    next: int | None
    totals: Totals
    players_connected: int
    connections: Connections
    server_version: str
    started_at_ms: int
    draining: bool
