"""Everything folded again and compared with what the rows say: the journal against the rules."""

from collections.abc import Iterable
from zlib import crc32

from msgspec import Struct

from kibitz.ids import Version
from kibitz.journal.records import Event, EventKind, NewRoom, SnapshotRecord
from kibitz.replay.folded import Step, steps
from kibitz.replay.source import ReplayError, RoomHistory
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.ledger.known_acts import KnownActs
from kibitz.rooms.ledger.recovery import recovery_point
from kibitz.sync.canonical import encode


class Verified(Struct, frozen=True):
    """How much was compared and found equal. `skipped` recovery points belong to another epoch or rules."""

    events: int
    snapshots: int
    skipped: int


def verify(history: RoomHistory, fold: Fold) -> Verified:
    """Raises `ReplayError` with the first difference, by version."""
    _without_gaps(history.events)
    snapshots = {snapshot.version: snapshot for snapshot in history.snapshots}
    acts = KnownActs()
    compared = skipped = 0
    for step in steps(fold, history.events):
        _row(step, fold)
        acts.add_event(step.event)
        snapshot = snapshots.pop(step.after.version, None)
        if snapshot is None:
            continue
        if (snapshot.epoch, snapshot.rules_version) == (step.event.epoch, history.record.rules_version):
            _snapshot(snapshot, history.record, step, acts, fold)
            compared += 1
        else:
            skipped += 1
    for version in sorted(snapshots):
        raise ReplayError(f"there is a recovery point of version {version}, which the room has not reached.")
    return Verified(len(history.events), compared, skipped)


def _without_gaps(events: Iterable[Event]) -> None:
    epoch = None
    for expected, event in enumerate(events, 1):
        if event.version != expected:
            raise ReplayError(f"version {expected} is missing: after {expected - 1} comes {event.version}.")
        if epoch is None or event.kind in (EventKind.REWOUND, EventKind.REOPENED):
            epoch = event.epoch
        elif event.epoch != epoch:
            raise ReplayError(f"version {event.version} is of the epoch {event.epoch}, not {epoch}.")


def _row(step: Step, fold: Fold) -> None:
    """What the fold produced stands in the row as well, for whoever reads without the game."""
    before, event, after = step.before, step.event, step.after
    is_of_match = after.is_match_on or (before is not None and before.is_match_on)
    phase_to = after.state.phase if is_of_match and after.state is not None else None
    outcome = None
    if is_of_match and after.state is not None and event.kind is not EventKind.CLOSED:
        found = fold.referee.outcome(after.state)
        outcome = None if found is None else encode(found.as_value()).decode()
    expected = {
        "match": after.match if is_of_match else None,
        "phase_from": None if before is None else before.phase(),
        "phase_to": phase_to,
        "outcome": outcome,
    }
    written = {
        "match": event.match,
        "phase_from": event.phase_from,
        "phase_to": event.phase_to,
        "outcome": event.outcome,
    }
    for column, value in expected.items():
        if written[column] != value:
            raise ReplayError(
                f"version {event.version} ({event.kind}): {column} is {_told(written[column])} in the "
                f"journal, but {_told(value)} by the rules."
            )


def _told(value: object) -> str:
    return "empty" if value is None else str(value)


def _snapshot(snapshot: SnapshotRecord, record: NewRoom, step: Step, acts: KnownActs, fold: Fold) -> None:
    version = Version(snapshot.version)
    if crc32(snapshot.state) != snapshot.checksum:
        raise ReplayError(f"the recovery point of version {version} is damaged: its checksum is wrong.")
    if recovery_point(record, step.after, acts, fold, snapshot.at_us).state != snapshot.state:
        raise ReplayError(f"the recovery point of version {version} is not what the events before it make.")
