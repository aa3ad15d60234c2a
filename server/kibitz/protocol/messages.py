"""The application's messages, as they are on the wire: the source of the client's TypeScript types.

Client to server, each is the single argument of the Socket.IO event that `CLIENT_EVENTS` maps to
it, and each is acknowledged with `Refused` or with the event's own answer. Server to client:
`SERVER_EVENTS`. Unknown fields are refused, so that a misspelt one is noticed. Stored and sent
messages change only by gaining fields with defaults.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

PROTOCOL = 1
"""Told in the answer to CONNECT. It grows when clients of before can no longer take part; whatever they
can ignore leaves it as it is."""

RoomRef = Annotated[str, Meta(min_length=1, max_length=64)]
ActionRef = Annotated[str, Meta(min_length=16, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
EpochRef = Annotated[str, Meta(min_length=1, max_length=32)]
SeatNumber = Annotated[int, Meta(ge=0, le=63)]
VersionNumber = Annotated[int, Meta(ge=0, le=2**53)]
Crc32 = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Millis = Annotated[int, Meta(ge=0, le=2**53)]
ChatText = Annotated[str, Meta(min_length=1, max_length=280)]
FeatureName = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Json = Any
"""A value of canonical JSON: null, bool, integers within 2^53, strings, lists, objects."""


class _ClientMessage(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class _ServerMessage(Struct, frozen=True):
    pass


# ---------------------------------------------------------------- client to server


class Join(_ClientMessage, frozen=True, rename={"as_": "as"}):
    """Take part in a room on this connection. `seat` asks for one seat; without it any free one.

    `as` omitted: the seat that this player already has, else a free one, else spectator.
    `epoch` and `version` name what the client still holds, so that it gets only what it misses.
    """

    room: RoomRef
    as_: Literal["player", "spectator"] | UnsetType = UNSET
    seat: SeatNumber | UnsetType = UNSET
    epoch: EpochRef | UnsetType = UNSET
    version: VersionNumber | UnsetType = UNSET
    checksum: Crc32 | UnsetType = UNSET


class Leave(_ClientMessage, frozen=True):
    """Stop taking part; a player who leaves a running match gives it up."""

    room: RoomRef


class Act(_ClientMessage, frozen=True):
    """Do one action of the game. The same `id` again gives the same answer again.

    `tick`, in games in real time only: the tick at which the player saw it happen. `seat`: what was
    done earlier from that seat; it counts from any connection of its player, whether it joined or not.
    """

    room: RoomRef
    epoch: EpochRef
    id: ActionRef
    base: VersionNumber
    type: Annotated[str, Meta(min_length=1, max_length=40)]
    args: Raw = Raw(b"{}")
    tick: VersionNumber | UnsetType = UNSET
    seat: SeatNumber | UnsetType = UNSET


class Resync(_ClientMessage, frozen=True):
    """Ask for the room's state: what I hold does not fit what came (`checksum` is of what I hold)."""

    room: RoomRef
    epoch: EpochRef
    version: VersionNumber
    checksum: Crc32


class Chat(_ClientMessage, frozen=True):
    room: RoomRef
    text: ChatText


class Rematch(_ClientMessage, frozen=True):
    """Offer, or agree to, one more match in this room; it starts when every seat did."""

    room: RoomRef


class FeatureUse(_ClientMessage, frozen=True):
    name: FeatureName
    count: Annotated[int, Meta(ge=1, le=1000)]


class Features(_ClientMessage, frozen=True):
    used: Annotated[list[FeatureUse], Meta(max_length=20)]


class Ping(_ClientMessage, frozen=True):
    sent_ms: Millis


# ---------------------------------------------------------------- answers


class Refused(_ServerMessage, frozen=True):
    """The answer to any event that was not carried out."""

    code: str
    message: str
    ok: Literal[False] = False
    version: int | UnsetType = UNSET
    conflict: Json | UnsetType = UNSET
    retry_ms: int | UnsetType = UNSET


class Done(_ServerMessage, frozen=True):
    """The answer to `leave`, `chat`, `features` and `rematch`."""

    ok: Literal[True] = True


class Acted(_ServerMessage, frozen=True):
    """The action is committed as `version`."""

    version: int
    ok: Literal[True] = True
    conflict: Json | UnsetType = UNSET


class Pong(_ServerMessage, frozen=True):
    sent_ms: int
    server_ms: int
    ok: Literal[True] = True


class ShownEvent(_ServerMessage, frozen=True):
    """One journalled event as one viewer may see it; `type` and `args` are null where hidden."""

    epoch: str
    version: int
    at_us: int
    kind: str
    seat: int | None
    type: str | None
    args: Json
    action_id: str | None = None


class PatchOp(_ServerMessage, frozen=True, omit_defaults=True):
    """RFC 6902, of which `add`, `remove` and `replace` are used."""

    op: Literal["add", "remove", "replace"]
    path: str
    value: Json | UnsetType = UNSET


class Patch(_ServerMessage, frozen=True):
    """Leads the view of `base` to that of `version`; `checksum` is of the view then.

    `clock_elapsed_ms`: how long the running clock had run by `at_ms`; not said where it began to run then.
    """

    room: str
    epoch: str
    base: int
    version: int
    at_ms: int
    ops: list[PatchOp]
    checksum: int
    events: list[ShownEvent]
    clock_elapsed_ms: int | UnsetType = UNSET


class Joined(_ServerMessage, frozen=True):
    """The answer to `join` and `resync`: who I am in the room, and its state.

    `view` with mode `snapshot`, `patches` with mode `patches`, neither with `current`.
    `at_ms` is the server's time; `clock_elapsed_ms` how long the running clock of the view has run.
    `chat`, in the answer to `join` only, is the whole chat that the server still has: it replaces
    what the client shows.
    """

    room: str
    game: str
    seat: int | None
    epoch: str
    version: int
    mode: Literal["snapshot", "patches", "current"]
    checksum: int
    at_ms: int
    clock_elapsed_ms: int
    match: int
    status: str
    ok: Literal[True] = True
    view: Json | UnsetType = UNSET
    patches: list[Patch] | UnsetType = UNSET
    chat: "list[ChatSaid] | UnsetType" = UNSET


# ---------------------------------------------------------------- server to client


class Snapshot(_ServerMessage, frozen=True):
    """The whole view, where no patch leads to it (a new match, a reload, a new epoch).

    `clock_elapsed_ms`: how long, until `at_ms`, the running clock of the view has run.
    """

    room: str
    epoch: str
    version: int
    view: Json
    checksum: int
    conflicts: list[Json]
    at_ms: int
    match: int
    status: str
    clock_elapsed_ms: int = 0


class Frame(_ServerMessage, frozen=True):
    """A game in real time, one tick later. `data` is a binary attachment, packed as the game says.

    Frames are volatile: one may be missing, none comes late.
    """

    room: str
    epoch: str
    tick: int
    data: bytes


class Batch(_ServerMessage, frozen=True):
    """Messages of a room that gathers them, in order: `[event, payload]` each, or their compressed JSON.

    `sequence` counts the room's batches; a number that is not the next one means that something is missing.
    """

    room: str
    sequence: int
    timestamp_ms: int
    messages: list[tuple[str, Json]] | bytes
    compression: Literal["none", "gzip", "deflate"]


class SeatPresence(_ServerMessage, frozen=True):
    """`status` is of the player's best connection; `player` is null where the seat is free.
    `is_substituted`: a brain plays until the player is back."""

    seat: int
    player: str | None
    name: str | None
    is_bot: bool
    status: Literal["connected", "reconnecting", "disconnected"]
    latency_ms: int | None
    transport: str | None
    wants_rematch: bool = False
    is_substituted: bool = False


class Presence(_ServerMessage, frozen=True):
    """`spectators` counts connections that watch; `watching` names the first of those people."""

    room: str
    seats: list[SeatPresence]
    spectators: int
    watching: list[str] = []


class ChatSaid(_ServerMessage, frozen=True):
    room: str
    seat: int | None
    name: str
    text: str
    at_ms: int


class Notice(_ServerMessage, frozen=True):
    """`room` is null where the notice is for the connection; `data` is described at its code."""

    room: str | None
    code: str
    message: str
    data: Json = None


CLIENT_EVENTS: dict[str, tuple[type[_ClientMessage], type[_ServerMessage]]] = {
    "join": (Join, Joined),
    "leave": (Leave, Done),
    "act": (Act, Acted),
    "resync": (Resync, Joined),
    "chat": (Chat, Done),
    "rematch": (Rematch, Done),
    "features": (Features, Done),
    "ping": (Ping, Pong),
}

SERVER_EVENTS: dict[str, type[_ServerMessage]] = {
    "patch": Patch,
    "snapshot": Snapshot,
    "frame": Frame,
    "batch": Batch,
    "presence": Presence,
    "chat": ChatSaid,
    "notice": Notice,
}
