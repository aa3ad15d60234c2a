"""What play tells whoever counts and keeps such things; the application hands the receivers in."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from msgspec import Struct

from kibitz.ids import PlayerId, RoomId
from kibitz.play.answer_times import AnswerTimes
from kibitz.rooms.conflicts import Conflict
from kibitz.rooms.room import Room
from kibitz.transport.reasons import DisconnectReason

Count = Callable[[str, str, int], None]
"""`(what, label, how many)`: refusals, garbage, resyncs."""


class Ended(Struct, frozen=True):
    """A session of a player: a connection that has ended, or a stretch of one that is idle since `ended_us`.
    `reconnects` is 1 where it took up a lost one, else 0; `reason` None while the connection goes on."""

    session_id: str
    player: PlayerId
    opened_us: int
    ended_us: int
    transport: str
    upgraded: bool
    latency_ms: int | None
    reconnects: int
    acts: int
    reason: DisconnectReason | None


class Doubt(Enum):
    """Why a client asked for the room's state again."""

    WRONG_CHECKSUM = "wrong_checksum"  # it has this version, and other bytes than the server
    PATCH_FAILED = "patch_failed"  # what came did not lead on from the version that it has


@dataclass(frozen=True, slots=True)
class Reports:
    """Each call costs next to nothing and never fails. `resynced` gets the client's version and
    checksum, and its transport. `times` measures how events are answered; None where nobody wants to know."""

    count: Count
    conflict: Callable[[RoomId, PlayerId, Conflict], None]
    resynced: Callable[[Doubt, Room, PlayerId, int, int, str], None]
    used: Callable[[PlayerId, str, int], None]
    ended: Callable[[Ended], None]
    times: AnswerTimes | None = None
