"""What an admin is told about rooms that are out of play."""

from collections.abc import Iterable

from msgspec import Struct

from kibitz.codes import Code
from kibitz.ids import GameName, RoomId, Version
from kibitz.journal.journal import Journal, JournalError
from kibitz.journal.snapshots import is_intact
from kibitz.rooms.directory.heads import Head, Listed
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.guard.quarantine import Quarantine, Reported
from kibitz.rooms.room import Room


class RecoveryPoint(Struct, frozen=True):
    """`is_intact`: its checksum is that of its content."""

    version: Version
    at_us: int
    is_intact: bool


class FaultReport(Struct, frozen=True):
    """A room that takes no actions.

    `why`: `crash` (it ended the process), `killed` (the process was killed in it, twice), `stuck` (its
    game did not come back), `unreadable` (its events do not fold), `faults` (its game failed too often),
    or the code that refuses it. `doing`, `player`, `action_id` and `action` say what was going on, empty
    where that is not known. `error` is for admins only.
    """

    room_id: RoomId
    game: GameName
    version: Version
    why: str
    at_us: int
    doing: str
    player: str
    action_id: str
    action: str
    error: str
    recovery_points: tuple[RecoveryPoint, ...]


def fault_reports(rooms: Iterable[Listed], quarantine: Quarantine, journal: Journal) -> list[FaultReport]:
    """One for each faulted room, in the order given."""
    return [_report(room, quarantine, journal) for room in rooms if room.status is Status.FAULTED]


def _report(room: Listed, quarantine: Quarantine, journal: Journal) -> FaultReport:
    reported = quarantine.room(room.room_id)
    points = _points(room, journal)
    what: tuple[str, int, str, str, str, str, str]
    if isinstance(reported, Reported):
        call = reported.call
        what = (
            reported.why,
            reported.at_us,
            str(call.doing),
            call.player,
            call.action_id,
            call.name,
            reported.error,
        )
    elif isinstance(room, Room):
        fault = room.fault
        text = "" if fault is None else f"{fault.what}: {fault.error}"
        what = ("faults", room.last_event_us if fault is None else fault.at_us, "", "", "", "", text)
    else:
        what = (_refusal(room), room.last_event_us, "", "", "", "", "")
    return FaultReport(room.room_id, room.game_name, room.version, *what, points)


def _refusal(head: Head) -> str:
    return Code.ROOM_FAULTED.value if head.refusal is None else head.refusal.code


def _points(room: Listed, journal: Journal) -> tuple[RecoveryPoint, ...]:
    try:
        found = journal.latest_snapshots(room.key)
    except JournalError:
        return ()
    return tuple(RecoveryPoint(each.version, each.at_us, is_intact(each)) for each in found)
