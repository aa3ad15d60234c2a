"""What the server's admin REST answers, as far as the dashboard reads it: unknown fields are left alone."""

import msgspec


class Login(msgspec.Struct, frozen=True):
    token: str
    name: str


class Admin(msgspec.Struct, frozen=True):
    name: str
    role: str = "admin"
    """The server's own accounts are admins."""


class SignInOffer(msgspec.Struct, frozen=True):
    provider: str | None = None
    """The OpenID provider's host; None where none is set."""


class SignInBegun(msgspec.Struct, frozen=True):
    authorize_url: str
    back_url: str
    state: str


class LiveSeat(msgspec.Struct, frozen=True):
    seat: int
    player: str | None = None
    name: str | None = None
    is_bot: bool = False
    status: str | None = None
    transport: str | None = None
    latency_ms: float | None = None


class LiveRoom(msgspec.Struct, frozen=True):
    room_id: str
    game: str
    status: str
    seats: list[LiveSeat] = []
    spectators: int = 0
    version: int = 0
    match: int | None = None
    code: str | None = None
    is_private: bool = False
    created_at_ms: int = 0
    last_event_at_ms: int = 0


class Connections(msgspec.Struct, frozen=True):
    websocket: int = 0
    polling: int = 0


class Totals(msgspec.Struct, frozen=True):
    """Open rooms by status."""

    waiting: int = 0
    playing: int = 0
    paused: int = 0
    finished: int = 0
    faulted: int = 0

    @property
    def open(self) -> int:
        return self.waiting + self.playing + self.paused + self.finished + self.faulted


class Live(msgspec.Struct, frozen=True):
    """A page of the open rooms, and how the server is. `next` is what to ask `after` for the next page."""

    rooms: list[LiveRoom]
    next: int | None = None
    totals: Totals = Totals()
    players_connected: int = 0
    connections: Connections = Connections()
    server_version: str = ""
    started_at_ms: int = 0
    draining: bool = False


class RecoveryPoint(msgspec.Struct, frozen=True):
    version: int
    at_ms: int
    is_intact: bool


class FaultedRoom(msgspec.Struct, frozen=True):
    """A room that takes no actions; what was going on is empty where it is not known."""

    room_id: str
    game: str
    version: int
    why: str
    at_ms: int
    doing: str = ""
    player: str = ""
    action_id: str = ""
    action: str = ""
    error: str = ""
    recovery_points: list[RecoveryPoint] = []


class RefusedAct(msgspec.Struct, frozen=True):
    """An action that crashed the server, and is refused by itself."""

    room_id: str
    why: str
    at_ms: int
    player: str = ""
    action_id: str = ""
    action: str = ""
    error: str = ""


class Faults(msgspec.Struct, frozen=True):
    rooms: list[FaultedRoom]
    acts: list[RefusedAct]


class RoomFault(msgspec.Struct, frozen=True):
    what: str
    at_ms: int
    error: str


class RoomDetail(msgspec.Struct, frozen=True):
    """One open room. `refusal` is the code that keeps it out of use, `out_of_play` says why it takes no
    actions."""

    room: LiveRoom
    epoch: str = ""
    rules_version: int = 0
    options: dict[str, object] = {}
    host: str = ""
    host_name: str | None = None
    refusal: str | None = None
    fault: RoomFault | None = None
    out_of_play: FaultedRoom | None = None


class Step(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """One transition of a room; `from` and `to` are phases of its game, None where no match is on."""

    version: int
    timestamp: str
    trigger: str
    status_to: str
    seat: int | None = None
    match: int | None = None
    status_from: str | None = None
    from_: str | None = None
    to: str | None = None


class History(msgspec.Struct, frozen=True):
    transitions: list[Step]
    next: int | None = None


class Arrow(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    from_: str
    to: str
    triggers: list[str]


class States(msgspec.Struct, frozen=True):
    """A table of states, as data."""

    begin: str
    final: list[str]
    arrows: list[Arrow]


class Done(msgspec.Struct, frozen=True):
    """A command is committed as `version`."""

    version: int


class AuditLine(msgspec.Struct, frozen=True):
    number: int
    at_ms: int
    actor: str
    action: str
    subject: str = ""
    address: str = ""
    detail: str = ""


class Audit(msgspec.Struct, frozen=True):
    """Newest first; `next` is what to ask `before` for the next page."""

    entries: list[AuditLine]
    next: int | None = None


class Budget(msgspec.Struct, frozen=True):
    """A part of the players' client, in bytes of brotli."""

    name: str
    bytes: int
    limit: int


class ClientBuild(msgspec.Struct, frozen=True):
    build: str
    budgets: list[Budget]
