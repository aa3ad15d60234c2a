"""What the loop hands to a commit, and how the results come back: shared by every journal.

The appends of one loop turn travel together. Their results come back in one callback per commit, in
the order of the appends.

The fence solves one race. A commit fails; before the loop hears of it, the room has appended the next
version on top of the one that failed. That version must fail too, although its own row is good, or the
room's history would have a gap. So the committing side refuses everything of a room that failed until
it meets `Told`, which the loop queues at the moment the room hears of its failure: what stands before
it was built on the lost event, what stands behind it was not.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from kibitz.ids import RoomKey
from kibitz.journal.errors import JournalBroken
from kibitz.journal.journal import CommitFailure, Settled
from kibitz.journal.records import Event, NewRoom, SnapshotRecord


class Append(Struct, frozen=True):
    """An event to store; with `new_room` it is the first of its room."""

    event: Event
    settled: Settled
    new_room: NewRoom | None = None


class Told(Struct, frozen=True):
    """From here on these rooms know that events of theirs were lost."""

    rooms: frozenset[RoomKey]


class Mark(Struct, frozen=True):
    """Somebody waits until everything before this has settled."""

    reached: asyncio.Future[None]


Entry = Append | SnapshotRecord | Told | Mark


class Group(Struct):
    """What one commit stores, and in the end what became of it (None: stored)."""

    appends: list[Append]
    snapshots: list[SnapshotRecord]
    marks: list[Mark]
    failures: dict[int, CommitFailure]
    """By index into `appends`."""
    untold: set[RoomKey]
    """Rooms that failed in this commit, and have yet to hear of it."""

    def fail(self, indexes: Iterable[int], failure: CommitFailure) -> None:
        for index in indexes:
            self.failures[index] = failure
            self.untold.add(self.appends[index].event.room)

    def waiting(self) -> list[int]:
        """Indexes of the appends that nothing speaks against so far."""
        if not self.failures:
            return list(range(len(self.appends)))
        return [index for index in range(len(self.appends)) if index not in self.failures]


class Fence:
    """Refuses what a room built on an event that was lost. Lives on the committing side."""

    def __init__(self) -> None:
        self._failed: dict[RoomKey, CommitFailure] = {}

    def admit(self, entries: Iterable[Entry]) -> Group:
        group = Group([], [], [], {}, set())
        for entry in entries:
            match entry:
                case Append():
                    if self._failed and (failure := self._failed.get(entry.event.room)) is not None:
                        group.failures[len(group.appends)] = failure
                    group.appends.append(entry)
                case SnapshotRecord():
                    group.snapshots.append(entry)
                case Told(rooms=rooms):
                    for room in rooms:
                        self._failed.pop(room, None)
                case Mark():
                    group.marks.append(entry)
        return group

    def close(self, group: Group) -> None:
        """Remember which rooms failed in this commit."""
        for index, failure in group.failures.items():
            room = group.appends[index].event.room
            if room in group.untold:
                self._failed[room] = failure


class Intake:
    """The loop's side: gathers a turn's entries, hands them over, and delivers what came of them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, hand_over: Callable[[Sequence[Entry]], None]) -> None:
        self._loop = loop
        self._hand_over = hand_over
        self._turn: list[Entry] = []
        self._marks: set[asyncio.Future[None]] = set()
        self.is_closed = False
        self.broken: JournalBroken | None = None

    def add(self, entry: Entry) -> None:
        if self.broken is not None:
            return
        if not self.is_closed:
            self._queue(entry)
        elif isinstance(entry, Append):
            self._loop.call_soon(entry.settled, CommitFailure.CLOSED)

    async def settle(self) -> None:
        """Return when everything added so far has settled. Raises `JournalBroken`."""
        if self.broken is not None:
            raise self.broken
        reached: asyncio.Future[None] = self._loop.create_future()
        self._marks.add(reached)
        self._queue(Mark(reached))
        await reached

    def deliver(self, group: Group) -> None:
        """Call every `settled` of a commit. On the loop. Nothing after the journal broke."""
        if self.broken is not None:
            return
        if group.untold:
            # First, for a room may append again from within its callback.
            self._queue(Told(frozenset(group.untold)))
        for index, append in enumerate(group.appends):
            try:
                append.settled(group.failures.get(index))
            except Exception as error:  # one room's fault must not silence the others
                self._loop.call_exception_handler(
                    {"message": "a journal callback failed", "exception": error}
                )
        for mark in group.marks:
            self._marks.discard(mark.reached)
            if not mark.reached.done():
                mark.reached.set_result(None)

    def break_off(self, error: JournalBroken) -> None:
        """Settle nothing any more; whoever waits for a flush gets the error."""
        self.broken = error
        for reached in self._marks:
            if not reached.done():
                reached.set_exception(error)
        self._marks.clear()

    def _queue(self, entry: Entry) -> None:
        if not self._turn:
            self._loop.call_soon(self._end_turn)
        self._turn.append(entry)

    def _end_turn(self) -> None:
        entries, self._turn = self._turn, []
        self._hand_over(entries)
