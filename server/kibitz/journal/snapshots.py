"""Recovery points: how they are sealed, verified and chosen.

A snapshot only saves time; the events are the truth. So a damaged one is passed over for the one
before it, and without any the room is folded from its first event.
"""

from collections.abc import Iterable
from zlib import crc32

from kibitz.ids import Epoch, RoomKey, Version
from kibitz.journal.records import SnapshotRecord

SNAPSHOTS_KEPT = 2
"""Per room: the newest, and one to fall back on."""


def seal(
    room: RoomKey, version: Version, epoch: Epoch, rules_version: int, at_us: int, state: bytes
) -> SnapshotRecord:
    """A recovery point with its checksum."""
    return SnapshotRecord(room, version, epoch, rules_version, at_us, state, crc32(state))


def is_intact(snapshot: SnapshotRecord) -> bool:
    return crc32(snapshot.state) == snapshot.checksum


def newest_intact(snapshots: Iterable[SnapshotRecord]) -> SnapshotRecord | None:
    """The first undamaged one of `latest_snapshots`, or None: fold from the first event."""
    return next(filter(is_intact, snapshots), None)
