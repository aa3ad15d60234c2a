"""What the REST API takes and gives: the source of /openapi.json.

Bodies that clients send refuse unknown fields, so that a misspelt one is noticed; answers only ever
gain fields.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from kibitz.protocol.messages import PatchOp, ShownEvent

NameText = Annotated[str, Meta(min_length=1, max_length=200)]
"""Loose on purpose: the rules of names (NFC, 1 to 24 graphemes) are those of `accounts`."""


class _Asked(Struct, frozen=True, forbid_unknown_fields=True):
    pass


# ---------------------------------------------------------------- sessions and players


class SessionRequest(_Asked, frozen=True):
    """`browser` gets the cookie; `api` gets a token instead, and so does `bot`, a player that is one."""

    name: NameText
    client: Literal["browser", "api", "bot"] = "browser"


class SessionAnswer(Struct, frozen=True, omit_defaults=True):
    player_id: str
    name: str
    token: str | None = None


class Me(Struct, frozen=True):
    player_id: str
    name: str
    is_bot: bool


class GameTally(Struct, frozen=True):
    """A player's finished matches of a game, bots' included. `rating` and `deviation` are null before the
    first match that is rated."""

    game: str
    played: int
    won: int
    drawn: int
    rating: int | None
    deviation: int | None


class PastMatch(Struct, frozen=True):
    """`opponents` are the names of the others, by seat; empty where nobody knows one."""

    room_id: str
    match: int
    game: str
    ended_ms: int
    result: Literal["won", "drawn", "lost", "called_off"]
    opponents: list[str]


class Profile(Struct, frozen=True):
    """`games`: the most played first; `recent`: the newest first, at most 20."""

    player_id: str
    name: str
    is_bot: bool
    games: list[GameTally]
    recent: list[PastMatch]


class LeaderboardQuery(_Asked, frozen=True):
    game: Annotated[str, Meta(min_length=1, max_length=64)]
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


class LeaderboardRow(Struct, frozen=True):
    """`played` and `won` count what was rated. Ranked by `rating` less three times its `deviation`: what is
    nearly sure of a player."""

    rank: int
    player_id: str
    name: str
    rating: int
    deviation: int
    played: int
    won: int


class Leaderboard(Struct, frozen=True):
    """`updated_ms`: when the newest match that is in it ended, 0 where there is none."""

    game: str
    rows: list[LeaderboardRow]
    updated_ms: int


# ---------------------------------------------------------------- games and rooms


class ActionInfo(Struct, frozen=True):
    """What a player may do; `schema` is the JSON Schema of its arguments."""

    name: str
    schema: dict[str, Any]
    out_of_turn: bool


class GameInfo(Struct, frozen=True):
    """`options_schema` is the JSON Schema of what `POST /api/rooms` takes as `options`; `options` is the
    same under its first name. `view` is the address of the ES module that draws the game, where it
    brings one (docs/views.md); null: the client has one of its own, or draws it by its generic view.
    `views_differ`: whether a seat may see what others may not."""

    name: str
    title: str
    summary: str
    seats_least: int
    seats_most: int
    has_bots: bool
    options: dict[str, Any]
    options_schema: dict[str, Any]
    actions: list[ActionInfo]
    view: str | None
    views_differ: bool
    realtime: bool
    uses_chance: bool
    durability: Literal["committed", "relaxed"]
    rules_version: int


class Arrow(Struct, frozen=True, rename={"from_": "from"}):
    """What leads from one state to another."""

    from_: str
    to: str
    triggers: list[str]


class States(Struct, frozen=True):
    """A table of states: where it begins, where it may end, and what leads where."""

    begin: str
    final: list[str]
    arrows: list[Arrow]


class GameList(Struct, frozen=True):
    games: list[GameInfo]


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


class MyRoom(Struct, frozen=True):
    """`updated_ms` is when something last happened in it."""

    room_id: str
    game: str
    status: str
    your_turn: bool
    seats: list[SeatInfo]
    updated_ms: int


class MyRooms(Struct, frozen=True):
    rooms: list[MyRoom]


class RoomQuery(_Asked, frozen=True):
    game: str | None = None
    status: Literal["waiting", "playing", "finished"] | None = None


class CreateRoom(_Asked, frozen=True, rename={"is_private": "private"}):
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


class QuickRequest(_Asked, frozen=True):
    game: Annotated[str, Meta(min_length=1, max_length=64)]


class QuickMatched(Struct, frozen=True):
    """A seat in a room. `bots_at_ms` is when bots take the seats that are still free then; null: never, or
    the match has begun."""

    room_id: str
    status: Literal["matched", "waiting"]
    bots_at_ms: int | None


class QuickCancelled(Struct, frozen=True):
    """`room_id` is the room that was waited in, null where there was none yet. `cancelled` is false where the
    player did not wait."""

    cancelled: bool
    room_id: str | None


class ForkRoom(_Asked, frozen=True, rename={"is_private": "private"}):
    """Go on from `version` of a finished match. `bots` take the last seats."""

    version: Annotated[int, Meta(ge=1, le=2**53)]
    bots: Annotated[int, Meta(ge=0, le=63)] = 0
    is_private: bool = False


class EventsQuery(_Asked, frozen=True):
    after: Annotated[int, Meta(ge=0, le=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


class EventPage(Struct, frozen=True):
    """Oldest first; `next` is what to ask `after` for the following page, null at the end."""

    events: list[ShownEvent]
    next: int | None


# ---------------------------------------------------------------- what happened


class ReplayQuery(_Asked, frozen=True):
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


class HistoryQuery(_Asked, frozen=True):
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


# ---------------------------------------------------------------- admin


class AdminLogin(_Asked, frozen=True):
    """Either name and password, or the token of a one-time link."""

    name: str | UnsetType = UNSET
    password: Annotated[str, Meta(max_length=1024)] | UnsetType = UNSET
    link_token: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET


class AdminSession(Struct, frozen=True, omit_defaults=True):
    name: str
    expires_at_ms: int
    token: str | None = None


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


class AdminRoomsQuery(_Asked, frozen=True):
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


class PauseRequest(_Asked, frozen=True):
    """`reason` is told to nobody but the journal."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class RewindRequest(_Asked, frozen=True):
    """Back to how the match stood after `to_version`."""

    to_version: Annotated[int, Meta(ge=1, le=2**53)]


class KickRequest(_Asked, frozen=True):
    seat: Annotated[int, Meta(ge=0, le=63)]


class CommandDone(Struct, frozen=True):
    """The command is committed as `version`."""

    version: int
    ok: bool = True


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


class FaultsQuery(_Asked, frozen=True):
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


AuditText = Annotated[str, Meta(max_length=200)]


class AuditQuery(_Asked, frozen=True):
    """`before`: those that follow the page whose `next` that was."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    before: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    actor: AuditText = ""
    action: AuditText = ""
    subject: AuditText = ""


class AuditLine(Struct, frozen=True):
    """Somebody did something, or tried to; `subject` is what it was done to, as a room's id."""

    number: int
    at_ms: int
    actor: str
    action: str
    subject: str
    address: str
    detail: str


class Audit(Struct, frozen=True):
    """Newest first. `next` is what to ask `before` for those that follow, null at the end; a page of a
    rare thing may hold few entries and still have one."""

    entries: list[AuditLine]
    next: int | None


# ---------------------------------------------------------------- health and pages


class Health(Struct, frozen=True):
    status: str


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
