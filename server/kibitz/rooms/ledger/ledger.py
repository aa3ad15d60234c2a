"""What one room appended: which of it is stored, and who waits to hear of that.

The room holds two states. `applied` is what the next action is judged by; `committed` is what is in
the journal, and the only one that anything outside the room can see. The journal reports commits to
`_settled`, which only notes them; the room gives the answers once per turn.
"""

from collections.abc import Callable

from kibitz.codes import Code
from kibitz.ids import ActionId, PlayerId, Seat, Version
from kibitz.journal.journal import CommitFailure, JournalError
from kibitz.journal.records import Event, EventKind, NewRoom
from kibitz.rooms.fold.changes import Transition
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.guard.faults import Faults
from kibitz.rooms.ledger.flag import Flag, runs_anew
from kibitz.rooms.ledger.in_flight import Entry, InFlight, Reply
from kibitz.rooms.ledger.known_acts import LOOK_BACK_MOST, KnownAct, find_act
from kibitz.rooms.ledger.recovery import Loaded, load, recovery_point
from kibitz.rooms.services.services import Services
from kibitz.rooms.views.gallery import Gallery

# Python 3.11 takes longer for a member of an enum than for a call; these are asked for every move.
_PLAYING, _ACTION = Status.PLAYING, EventKind.ACTION
_CLOCKS_BEGIN = (EventKind.STARTED, EventKind.RESUMED, EventKind.REWOUND)
_NEW_EPOCH = (EventKind.REWOUND, EventKind.REOPENED)


class Ledger:
    """`settled` is called whenever something new is known; `take` then gives it out, once."""

    def __init__(
        self,
        services: Services,
        record: NewRoom,
        fold: Fold,
        loaded: Loaded,
        faults: Faults,
        settled: Callable[[], None],
        lag_ms: Callable[[Seat], int],
    ) -> None:
        self.applied = self.committed = loaded.state
        # When the running clock of the applied and of the committed state began to run.
        self.applied_since_us = self.committed_since_us = services.time.now_us()
        self.committed_ran_ms = 0
        """How long the running clock of the committed state had run by its event."""
        self.acts = loaded.acts
        self._recent_most = services.config.patches_kept
        self.recent: list[tuple[RoomState, Event]] = list(loaded.recent[-self._recent_most :])
        self.is_closing = False
        self.gallery: Gallery | None = None
        """Gets each row that is committed, where spectators see it later than players."""
        self._services = services
        self._record = record
        self._fold = fold
        self._faults = faults
        self.flag = Flag(record.key, services, lag_ms)
        self._tell = settled
        self._in_flight = InFlight()
        self._replies: list[tuple[Reply, CommitFailure | None]] = []
        self._untold: list[Event] = []
        self._was_reloaded = False
        self._lost: list[EventKind] = []
        self._snapshot_version = loaded.state.version
        self._snapshot_is_due = False

    # ------------------------------------------------------------ writing

    def obstacle(self) -> Code | None:
        """Why nothing can be appended just now."""
        if self.is_closing:
            return Code.ROOM_CLOSED
        if self._faults.is_stopped:
            return Code.ROOM_FAULTED
        if len(self._in_flight) >= self._services.config.acts_waiting_most:
            return Code.ROOM_BUSY
        return None

    def append(
        self,
        kind: EventKind,
        transition: Transition,
        seat: Seat | None = None,
        player: PlayerId | None = None,
        *,
        action_id: ActionId | None = None,
        action_type: str | None = None,
        args: str = "{}",
        handled_us: int = 0,
        spent_ms: int | None = None,
        charged_to_us: int | None = None,
        reply: Reply | None = None,
    ) -> None:
        """Have an event stored that leads from `applied` to the state that the fold made of it.

        `charged_to_us`: the game time up to which this event charges the clocks that ran. One event may
        stand for a batch of ticks: `reply` is called once it is known whether all of it is stored.
        """
        before, after = self.applied, transition.after
        was_on = before.status is _PLAYING or before.is_match_on
        is_of_match = was_on or after.is_match_on
        event = Event(
            self._record.key,
            after.version,
            after.epoch,
            after.at_us,
            kind,
            seat,
            player,
            action_id,
            action_type,
            args,
            handled_us,
            spent_ms,
            after.match if is_of_match else None,
            before.state.phase if was_on and before.state is not None else None,
            after.state.phase if is_of_match and after.state is not None else None,
            transition.outcome,
        )
        ran_ms = 0
        if charged_to_us is not None:
            self.applied_since_us = charged_to_us
        elif (kind is not _ACTION and kind in _CLOCKS_BEGIN) or runs_anew(before, after):
            self.applied_since_us = self._services.time.now_us()
        elif after.clock is not None and after.clock.is_running:
            ran_ms = (self._services.time.now_us() - self.applied_since_us) // 1000
        self.applied = after
        entry = Entry(event, after, self.applied_since_us, [] if reply is None else [reply])
        entry.ran_ms = ran_ms
        self._in_flight.add(entry)
        self._services.journal.append(event, self._settled)
        self.set_flag()

    @property
    def is_settled(self) -> bool:
        """Whether everything that was appended is known to be stored, and was given out."""
        return not (len(self._in_flight) or self._replies or self._untold or self._was_reloaded)

    def rest(self) -> None:
        """Nothing is expected to happen soon: hold as little as possible."""
        self.recent.clear()
        self.acts.pack()

    def known(self, player: PlayerId, action_id: str, base: int) -> KnownAct | Code | None:
        """The action of this id, if it was accepted before; `stale` where that is too long ago to
        tell, `unavailable` where it cannot be read."""
        found = self.acts.find(player, action_id)
        if found is not None or base >= self.acts.complete_from:
            return found
        if self.applied.seat_of(player) is None:  # a stranger costs no reading
            return None
        limit = self.acts.complete_from - base
        if limit > LOOK_BACK_MOST:
            return Code.STALE
        try:
            events = self._services.journal.read_room(self._record.key, Version(base), limit)
        except JournalError:
            return Code.UNAVAILABLE
        return find_act(events, player, action_id)

    def reply_when_settled(self, version: Version, reply: Reply) -> None:
        """Call `reply` when it is known whether `version` is stored: at once where it is known."""
        entry = self._in_flight.at(version)
        if entry is None:
            reply(None)
        else:
            entry.replies.append(reply)

    def set_flag(self) -> None:
        self.flag.set(self.applied, self.applied_since_us)

    def run_clock_from(self, since_us: int) -> None:
        """The running clock of the state that is known runs since then."""
        self.applied_since_us = self.committed_since_us = since_us

    def stop_flag(self) -> None:
        self.flag.cancel()

    # ------------------------------------------------------------ what became of it

    def _settled(self, failure: CommitFailure | None) -> None:
        entry = self._in_flight.settle()
        if entry.is_lost:
            if failure is None:  # built on a lost event, and stored all the same: the journal decides
                self._read_again()
        elif failure is None:
            self.committed, self.committed_since_us = entry.after, entry.since_us
            self.committed_ran_ms = entry.ran_ms
            self.recent.append((entry.after, entry.event))
            if len(self.recent) > self._recent_most:
                del self.recent[0]
            self._untold.append(entry.event)
            if self.gallery is not None:
                self.gallery.add(entry.after, entry.event, entry.since_us)
            if entry.event.kind in _NEW_EPOCH:
                self._snapshot_is_due = True
            for reply in entry.replies:
                self._replies.append((reply, None))
        else:
            self._lose(entry, failure)
        self._tell()

    def _lose(self, entry: Entry, failure: CommitFailure) -> None:
        for lost in (entry, *self._in_flight.lose_all()):
            self.acts.forget(lost.event)
            self._lost.append(lost.event.kind)
            self._replies.extend((reply, failure) for reply in lost.replies)
        self.applied, self.applied_since_us = self.committed, self.committed_since_us
        self.is_closing = False
        self._was_reloaded = True
        if failure is CommitFailure.CONFLICT:
            self._read_again()
        # A flag whose fall could not be stored is not tried again in every turn of the loop.
        retry_us = self._services.time.now_us() + self._services.config.retry_ms * 1000
        self.flag.set(self.applied, self.applied_since_us, retry_us)

    def _read_again(self) -> None:
        """The journal holds what this room did not expect: what is stored there counts."""
        for lost in self._in_flight.lose_all():
            self._replies.extend((reply, CommitFailure.CONFLICT) for reply in lost.replies)
        config = self._services.config
        try:
            loaded = load(self._services.journal, self._record, self._fold, config.patches_kept)
        except Exception:
            self._faults.stop("cannot be read from the journal")
            return
        self.acts = loaded.acts
        self.recent.clear()
        self.recent.extend(loaded.recent)
        news = [each for each in loaded.recent if each[1].version > self.committed.version]
        self._untold.extend(event for _, event in news)
        if self.gallery is not None:
            for after, event in news:
                self.gallery.add(after, event, self._services.time.now_us())
        self.applied = self.committed = loaded.state
        self.applied_since_us = self.committed_since_us = self._services.time.now_us()
        self.committed_ran_ms = 0
        self._was_reloaded = True
        self.set_flag()

    # ------------------------------------------------------------ giving it out

    def take_events(self) -> list[Event]:
        """What was committed since the last call."""
        events, self._untold = self._untold, []
        return events

    def take_replies(self) -> list[tuple[Reply, CommitFailure | None]]:
        replies, self._replies = self._replies, []
        return replies

    def take_reloaded(self) -> bool:
        """Whether events were lost since the last call."""
        was_reloaded, self._was_reloaded = self._was_reloaded, False
        return was_reloaded

    def take_lost(self) -> list[EventKind]:
        """What was appended and could not be stored since the last call, in its order."""
        lost, self._lost = self._lost, []
        return lost

    def save_recovery_point(self) -> None:
        """Have the committed state stored, if that is worth it by now: after so many events, and after a
        rewind, so that nobody has to fold what was rewound."""
        state = self.committed
        age = state.version - self._snapshot_version
        if age < self._services.config.snapshot_every and not self._snapshot_is_due:
            return
        self._snapshot_is_due = False
        self._snapshot_version = state.version
        at_us = self._services.clock.now_us()
        try:
            point = recovery_point(self._record, state, self.acts, self._fold, at_us)
        except Exception:  # a state that holds what its class does not declare; the events are enough
            self._faults.log("no recovery point could be made")
            return
        self._services.journal.save_snapshot(point)
