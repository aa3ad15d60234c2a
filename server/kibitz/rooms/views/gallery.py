"""What spectators of a room with a delay are shown: what was committed that long ago, and nothing newer.

Players see each commit at once. Whoever only watches is at an older state, and whatever leads there, patch,
snapshot, answer or feed, is made from the gallery and not from the ledger: there is no second path. Rows wait
here until they are old enough, and are given out in their order; at the end the gallery stands where the
room stands, also where the room was closed in the meantime.

After a restart rows are as old as the journal says, and a margin younger: a row is stamped before it is
stored. A clock that was set does no more than that either way. Until something is old enough, spectators see
the room as it was made, waiting.
"""

from collections import deque
from collections.abc import Callable, Sequence

from msgspec import Struct

from kibitz.ids import Version
from kibitz.journal.journal import Journal
from kibitz.journal.records import Event, NewRoom
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.state import RoomState

DELAY_MOST_MS = 600_000
MARGIN_US = 1_000_000
"""A row of the journal counts as so much younger: it may have waited so long for the disk."""
WAITING_MOST = 2_048
"""Beyond it the oldest state is left out: what follows on it is shown whole, and not as a patch."""


class Waiting(Struct, frozen=True):
    """A row that is not old enough. `since_us`: when the running clock began to run, as players count."""

    due_us: int
    since_us: int
    after: RoomState
    event: Event
    is_whole: bool = False


class Released(Struct, frozen=True):
    """What became old enough: the states around it, and the rows that led from one to the other."""

    before: RoomState
    after: RoomState
    events: tuple[Event, ...]
    is_whole: bool


class Horizon(Struct, frozen=True):
    """How far somebody may see into a room's rows; both None: to the end."""

    version: Version | None = None
    at_us: int | None = None

    def hides(self, version: Version, at_us: int) -> bool:
        return (self.version is not None and version > self.version) or (
            self.at_us is not None and at_us > self.at_us
        )


def old_enough_us(record: NewRoom, now_us: int) -> int:
    """Rows of the journal stamped up to then may be shown to spectators now, at the wall clock's `now_us`."""
    return now_us - record.spectator_delay_ms * 1000 - MARGIN_US


def split(
    journal: Journal, record: NewRoom, fold: Fold, newest: RoomState, now_us: int
) -> tuple[RoomState, Sequence[tuple[RoomState, Event]]]:
    """The state that spectators may see of a room that is at `newest`, and the rows after it.

    Folds the room's whole history, unless all of it is old enough. Raises as `load` does.
    """
    limit_us = old_enough_us(record, now_us)
    if newest.at_us <= limit_us:
        return newest, ()
    shown: RoomState | None = None
    later: list[tuple[RoomState, Event]] = []
    for _, event, after in fold.steps(journal.read_room(record.key)):
        if after.version > newest.version:
            break
        # What follows on a row that is too young is not shown, whatever it is stamped with.
        if shown is None or (not later and event.at_us <= limit_us):
            shown = after
        else:
            later.append((after, event))
    return shown or newest, later


class Gallery:
    """`set_due` has `release` called at a game time. All times are the game's but for `at_us` of events."""

    def __init__(
        self,
        delay_ms: int,
        shown: RoomState,
        keep: int,
        now_us: Callable[[], int],
        set_due: Callable[[int], None],
    ) -> None:
        self.delay_ms = delay_ms
        self.shown = shown
        self.recent: list[tuple[RoomState, Event]] = []
        self._keep = keep
        self._now_us = now_us
        self._set_due = set_due
        self._since_us = now_us()
        self._waiting: deque[Waiting] = deque()

    @property
    def is_behind(self) -> bool:
        return bool(self._waiting)

    @property
    def clock_elapsed_ms(self) -> int:
        """How long the running clock of the shown view has run, so long ago; 0 where none runs."""
        clock = self.shown.clock
        if clock is None or not clock.is_running:
            return 0
        return max(0, (self._now_us() - self._since_us) // 1000 - self.delay_ms)

    def add(self, after: RoomState, event: Event, since_us: int, *, age_us: int = 0) -> None:
        """A row was committed, `age_us` ago."""
        due_us = self._now_us() + max(0, self.delay_ms * 1000 - age_us)
        if self._waiting:
            due_us = max(due_us, self._waiting[-1].due_us)
        else:
            self._set_due(due_us)
        self._waiting.append(Waiting(due_us, since_us, after, event))
        if len(self._waiting) > WAITING_MOST:
            self._waiting.popleft()
            first = self._waiting.popleft()
            self._waiting.appendleft(Waiting(first.due_us, first.since_us, first.after, first.event, True))

    def release(self) -> Released | None:
        """Show what is old enough by now; None where nothing is."""
        now_us = self._now_us()
        before, events, is_whole = self.shown, [], False
        while self._waiting and self._waiting[0].due_us <= now_us:
            due = self._waiting.popleft()
            self.shown, self._since_us = due.after, due.since_us
            is_whole = is_whole or due.is_whole
            if due.is_whole:
                self.recent.clear()
            self.recent.append((due.after, due.event))
            events.append(due.event)
        if self._waiting:
            self._set_due(self._waiting[0].due_us)
        del self.recent[: -self._keep]
        return Released(before, self.shown, tuple(events), is_whole) if events else None

    def rest(self) -> None:
        """Nobody watches: hold as little as possible."""
        self.recent.clear()
