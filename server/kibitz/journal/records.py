"""What the journal stores: rooms, their events, their snapshots. Frozen, and free of any SQL."""

from enum import StrEnum

from msgspec import Struct

from kibitz.ids import ActionId, Epoch, GameName, JoinCode, PlayerId, RoomId, RoomKey, Seat, Version

EVENT_SCHEMA_VERSION = 1


class EventKind(StrEnum):
    """What an event did to its room. Its `args` are JSON objects of the shape given here."""

    CREATED = "created"  # version 1; {}
    JOINED = "joined"  # player_id took seat; {}
    LEFT = "left"  # player_id gave seat up; {} or {"reason": "kicked"}
    STARTED = "started"  # match `match` began; {"seed": hex, "players": [player_id per seat]}; of a fork
    # also {"state": base64, "clock": as in a recovery point, "from": {"room": room_id, "version"}}
    ACTION = "action"  # seat did `type` with `args`
    TICKS = "ticks"  # {"first": tick, "count", "inputs": [[tick, seat, type, args, player_id, action_id]]}
    TIMEOUT = "timeout"  # the running clock of seat fell, without a seat: that of the phase; {}
    FORFEIT = "forfeit"  # seat gave the match up by leaving; {} or {"charged_ms": to the clock that ran}
    PAUSED = "paused"  # clocks stand; {"reason", and "charged_ms" where a clock ran}
    RESUMED = "resumed"  # clocks run anew; {}
    REWOUND = (
        "rewound"  # back to `to_version`, in a new epoch; {"to_version", and "seed": hex, of what follows}
    )
    REOPENED = "reopened"  # the newest events may be lost: a new epoch; {"reason": "crash" or "restore"}
    REMATCH = "rematch"  # seat offered or accepted one more match; {}
    CLOSED = "closed"  # no event follows; {"reason": "empty" or "admin"}


class NewRoom(Struct, frozen=True):
    """A room as it is created; `options` is JSON text of what the game was asked for."""

    room_id: RoomId
    key: RoomKey
    game: GameName
    rules_version: int
    seats: int
    code: JoinCode
    is_private: bool
    options: str
    epoch: Epoch
    host_player_id: PlayerId
    created_us: int
    spectator_delay_ms: int = 0
    """So long ago is what spectators are shown."""
    is_quick: bool = False
    """Made for players who asked for a match with anybody: whoever sits in it while it waits, queues."""


class Event(Struct, frozen=True, gc=False):
    """One row of the journal.

    `args` is canonical JSON text. `handled_us` is how long the server took to validate and apply.
    `spent_ms` is what the seat's clock was charged (null where no clock ran): folds use it, so that
    no fold reads a clock. `epoch` changes with `rewound` and `reopened`: their rows are the first of a
    new one. `phase_to` and `phase_from` are the game's phases around the event, null where no match is
    on. `outcome` is canonical JSON, only on the row that ends a match.
    """

    room: RoomKey
    version: Version
    epoch: Epoch
    at_us: int
    kind: EventKind
    seat: Seat | None = None
    player_id: PlayerId | None = None
    action_id: ActionId | None = None
    type: str | None = None
    args: str = "{}"
    handled_us: int = 0
    spent_ms: int | None = None
    match: int | None = None
    phase_from: str | None = None
    phase_to: str | None = None
    outcome: str | None = None
    schema_version: int = EVENT_SCHEMA_VERSION
    id: int = 0
    """The position in the journal; 0 until committed, and where nobody asked for it."""


DECISIVE = (
    EventKind.STARTED,
    EventKind.ACTION,
    EventKind.TICKS,
    EventKind.TIMEOUT,
    EventKind.PAUSED,
    EventKind.RESUMED,
)
"""After these a match is on, or is paused; others leave it as it was."""


class Standing(Struct, frozen=True):
    """Where a room stands, as its last rows tell without a fold.

    `players` by seat: whoever has it. `match_kind` is the newest event that says of itself whether a
    match is on (`DECISIVE`, or one that ended it), None before the first; `is_over` whether it ended its
    match, and no rewind followed. `match` is the number of the current or last match.
    """

    room: NewRoom
    version: Version
    epoch: Epoch
    at_us: int
    kind: EventKind
    match_kind: EventKind | None
    match: int
    is_over: bool
    players: tuple[PlayerId | None, ...]


class SnapshotRecord(Struct, frozen=True):
    """A recovery point: the room's whole applied state after `version`.

    `state` is opaque bytes that the room made; `checksum` is the CRC-32 of it.
    """

    room: RoomKey
    version: Version
    epoch: Epoch
    rules_version: int
    at_us: int
    state: bytes
    checksum: int
