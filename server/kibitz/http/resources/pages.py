"""What the client's pages carry, and what its build is: `/api/client`."""

from msgspec import UNSET, Struct, UnsetType

from kibitz.http.resources.games import GameInfo
from kibitz.http.resources.rooms import RoomInfo
from kibitz.http.resources.sessions import Me


class SocketSettings(Struct, frozen=True):
    path: str
    ping_interval_ms: int
    ping_timeout_ms: int
    transports: list[str]


class Budget(Struct, frozen=True):
    """A part of the players' client, in bytes of brotli; above its `limit` the client does not build."""

    name: str
    bytes: int
    limit: int


class ClientBuild(Struct, frozen=True):
    build: str
    budgets: list[Budget]


class Boot(Struct, frozen=True):
    """What the first HTML carries, so that the client need not ask: see server/web/README.md.

    `me` null says that there is no session; what is left out has to be asked for. A page that is kept
    for later leaves out `me`, too. `is_worker_on`: whether a service worker may keep pages.
    """

    route: str
    build: str
    socket: SocketSettings
    is_worker_on: bool = True
    me: Me | UnsetType | None = UNSET
    code: str | UnsetType = UNSET
    room: RoomInfo | UnsetType = UNSET
    games: list[GameInfo] | UnsetType = UNSET
    rooms: list[RoomInfo] | UnsetType = UNSET
