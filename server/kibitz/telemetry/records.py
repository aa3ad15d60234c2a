"""The rows of telemetry.sqlite, as they are handed in: a record's fields are its table's columns.

Times are microseconds since 1970 UTC. Names in latencies, errors and features come from closed lists,
never from clients.
"""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from kibitz.ids import GameName, PlayerId, RoomId


class IncidentKind(StrEnum):
    """Something that should not happen, and healed by itself or did not."""

    WRONG_CHECKSUM = "wrong_checksum"  # a client asked for a resync: right version, other bytes
    PATCH_FAILED = "patch_failed"  # a client asked for a resync: what came did not lead on from what it held
    GAME_FAULT = "game_fault"  # a room went out of play
    COMMIT_FAILED = "commit_failed"  # moves could not be stored; their players were told


class Conflict(Struct, frozen=True, gc=False):
    """An action that was made on `client_version` and met `server_version`."""

    at_us: int
    room_id: RoomId
    player_id: PlayerId
    client_version: int
    server_version: int
    type: str
    resolution: str


class Incident(Struct, frozen=True, gc=False):
    at_us: int
    kind: IncidentKind
    room_id: RoomId
    version: int
    epoch: str
    player_id: PlayerId | None = None
    transport: str | None = None
    detail: str = ""


class Refusal(Struct, frozen=True, gc=False):
    """A request, an event or an action that was refused with this code."""

    at_us: int
    code: str


class FeatureUse(Struct, frozen=True, gc=False):
    at_us: int
    name: str
    player_id: PlayerId
    count: int


IDLE = "idle"
"""Nothing came for 30 minutes; the connection went on."""


class Session(Struct, frozen=True, gc=False):
    """A session of a player that ended at `at_us`: a realtime connection, or a stretch of one that was idle
    afterwards (`close_reason` is `IDLE`)."""

    at_us: int
    session_id: str
    player_id: PlayerId
    opened_us: int
    transport: str
    upgraded: bool
    latency_ms: int | None
    reconnects: int
    acts: int
    close_reason: str


class Latency(Struct, frozen=True, gc=False):
    """`n` more measures fell into `bucket` (`kibitz.metrics.buckets`) in the minute that began at `at_us`."""

    at_us: int
    subject: str
    name: str
    bucket: int
    n: int


class Sample(Struct, frozen=True, gc=False):
    """The process at `at_us`. What counts (bytes, events, moves, outbox, cache) is since the one before."""

    at_us: int
    cpu_percent: float
    rss_bytes: int
    descriptors: int
    websocket: int
    polling: int
    rooms_open: int
    rooms_playing: int
    players: int
    bytes_in: int
    bytes_out: int
    events: int
    moves: int
    outbox_replaced: int
    outbox_dropped: int
    outbox_closed: int
    cache_hits: int
    cache_misses: int


class ErrorCount(Struct, frozen=True, gc=False):
    """`count` errors of one kind in the minute that began at `at_us`."""

    at_us: int
    kind: str
    name: str
    count: int


class WaitResult(StrEnum):
    """How waiting for a quick match ended."""

    MATCHED = "matched"
    BOTS = "bots"
    CANCELLED = "cancelled"


class Wait(Struct, frozen=True, gc=False):
    """A player who asked for a quick match at `entered_us`, and what came of it at `at_us`."""

    at_us: int
    player_id: PlayerId
    game: GameName
    entered_us: int
    result: WaitResult
    room_id: RoomId | None = None


Record: TypeAlias = (
    Conflict | Incident | Refusal | FeatureUse | Session | Latency | Sample | ErrorCount | Wait
)
