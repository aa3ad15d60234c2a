"""A room read back from the journal: a recovery point that proves good, and the events after it.

A recovery point only saves time. One that is torn, from other rules, or that no event follows on, is
passed over for the one before it, and in the end the room is folded from its first event.
"""

from collections.abc import Sequence
from zlib import crc32

import msgspec

from kibitz.ids import ActionId, PlayerId, Version
from kibitz.journal.journal import BEGINNING, Journal
from kibitz.journal.records import Event, EventKind, NewRoom, SnapshotRecord
from kibitz.rooms.fold.effective import still_counts
from kibitz.rooms.fold.event_args import decode_rewound
from kibitz.rooms.fold.fold import Fold, FoldError
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import ClockState, ForkPoint, RoomState
from kibitz.rooms.ledger.known_acts import KnownAct, KnownActs


class _Saved(msgspec.Struct, frozen=True, omit_defaults=True):
    """The content of a recovery point. Changes only by gaining fields with defaults, which are left out:
    the bytes of those that are stored stay the same."""

    version: Version
    at_us: int
    status: Status
    players: tuple[PlayerId | None, ...]
    wants_rematch: tuple[bool, ...]
    match: int
    clock: ClockState | None
    state: bytes | None
    acts: tuple[tuple[PlayerId, ActionId, Version, str], ...]
    acts_complete_from: Version | msgspec.UnsetType = msgspec.UNSET
    tick: int = 0
    seeds: tuple[bytes, ...] = ()
    kicked: tuple[PlayerId, ...] = ()
    fork: ForkPoint | None = None
    paused_for: str = ""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Saved).decode


class Loaded(msgspec.Struct, frozen=True):
    """A room as the journal has it. `recent` are the last events, each with the state it led to."""

    state: RoomState
    acts: KnownActs
    recent: tuple[tuple[RoomState, Event], ...]
    passed_over: int = 0
    """How many recovery points were not good."""
    shown: RoomState | None = None
    waiting: Sequence[tuple[RoomState, Event]] = ()
    """What spectators may see of it, where that is less, and the rows that they are still to be shown."""


def recovery_point(
    record: NewRoom, state: RoomState, acts: KnownActs, fold: Fold, at_us: int
) -> SnapshotRecord:
    """`state`, which is committed, as a recovery point."""
    known, complete_from = acts.to_save(state.version)
    saved = _Saved(
        state.version,
        state.at_us,
        state.status,
        state.players,
        state.wants_rematch,
        state.match,
        state.clock,
        None if state.state is None else fold.referee.encode_state(state.state),
        tuple((player, action_id, act.version, act.content) for player, action_id, act in known),
        complete_from,
        state.tick,
        state.seeds,
        state.kicked,
        state.fork,
        state.paused_for,
    )
    content = _encode(saved)
    return SnapshotRecord(
        record.key, state.version, state.epoch, record.rules_version, at_us, content, crc32(content)
    )


def load(journal: Journal, record: NewRoom, fold: Fold, keep: int) -> Loaded:
    """The room as it is in the journal, with the last `keep` states where they had to be made.

    Raises `FoldError`, or what the game's code raises, if the events do not fold.
    """
    passed_over = 0
    for snapshot in journal.latest_snapshots(record.key):
        found = _restored(snapshot, record, fold)
        if found is not None:
            tail = journal.read_room(record.key, found[0].version)
            if _rewinds_before(snapshot.version, tail):
                continue  # nothing is wrong with it, but what followed began before it
            try:
                return _folded(fold, found[0], found[1], tail, keep, passed_over)
            except FoldError:
                pass  # the whole history decides
        passed_over += 1
    events = journal.read_room(record.key)
    if not events:
        raise ValueError(f"the journal has no event of room {record.room_id}")
    return _folded(fold, None, KnownActs(), events, keep, passed_over)


def _restored(snapshot: SnapshotRecord, record: NewRoom, fold: Fold) -> tuple[RoomState, KnownActs] | None:
    if crc32(snapshot.state) != snapshot.checksum:
        return None
    if snapshot.rules_version != record.rules_version:
        return None
    try:
        saved = _decode(snapshot.state)
        game = None if saved.state is None else fold.referee.decode_state(saved.state)
    except msgspec.DecodeError:
        return None
    if saved.version != snapshot.version or len(saved.players) != fold.seats:
        return None
    state = RoomState(
        saved.version,
        saved.at_us,
        saved.status,
        saved.players,
        saved.wants_rematch,
        saved.match,
        game,
        saved.clock,
        snapshot.epoch,
        saved.tick,
        saved.seeds,
        saved.kicked,
        saved.fork,
        saved.paused_for,
    )
    acts = KnownActs(
        (
            (player, action_id, KnownAct(version, content))
            for player, action_id, version, content in saved.acts
        ),
        complete_from=(BEGINNING if saved.acts_complete_from is msgspec.UNSET else saved.acts_complete_from),
    )
    return state, acts


def _rewinds_before(version: Version, tail: Sequence[Event]) -> bool:
    return any(
        event.kind is EventKind.REWOUND and decode_rewound(event.args).to_version < version for event in tail
    )


def state_at(journal: Journal, record: NewRoom, fold: Fold, version: Version) -> RoomState | None:
    """The room as it was after that version; None where what it did was taken back, or is to come.

    Reads and folds the room's whole history. Raises as `load` does.
    """
    events = journal.read_room(record.key)
    if not still_counts(events, version):
        return None
    return next(after for _, _, after in fold.steps(events) if after.version == version)


def _folded(
    fold: Fold,
    state: RoomState | None,
    acts: KnownActs,
    events: Sequence[Event],
    keep: int,
    passed_over: int,
) -> Loaded:
    recent: list[tuple[RoomState, Event]] = []
    begin = len(events) - keep
    for number, (_, event, after) in enumerate(fold.steps(events, state)):
        state = after
        acts.add_event(event)
        if number >= begin:
            recent.append((state, event))
    if state is None:
        raise ValueError("a room without events")
    return Loaded(state, acts, tuple(recent), passed_over)
