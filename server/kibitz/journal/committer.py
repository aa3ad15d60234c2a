"""The committing thread: takes what has gathered, commits it at once, posts the results in one piece.

A row that SQLite refuses (a version that exists, a value of the wrong type) fails its room's rows of
that commit and nothing else: the group is halved, room by room, until the bad ones stand alone, all
within one transaction and one sync. A full disk fails the group, and the next group tries again. An
I/O error while syncing leaves it unknown what is on disk: the thread stops and settles nothing.
"""

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from queue import SimpleQueue
from threading import Thread
from time import sleep

import apsw

from kibitz.clock import Clock
from kibitz.ids import RoomKey
from kibitz.journal.checkpointer import Checkpointer
from kibitz.journal.groups import Entry, Fence, Group
from kibitz.journal.journal import CommitFailure
from kibitz.journal.statements import ROWS_PER_COMMIT_MAX, insert_events, insert_rooms, insert_snapshots
from kibitz.journal.stats import JournalStats

GATHER_US = 2_000
BUSY_ROWS = 4
"""After a commit of so many rows the next one begins no sooner than `GATHER_US` after that one began. A
commit costs much the same whatever is in it: under load, begun as soon as the one before is over, commits
take the processor from the moves that wait for it. Who plays alone never waits."""


class Blame(Enum):
    """Whose fault a failed statement is."""

    ROW = "row"
    DISK = "disk"
    UNKNOWN = "unknown"  # the state of the file is unknown: nobody may go on


_ROW_ERRORS = (apsw.ConstraintError, apsw.MismatchError, apsw.TooBigError, apsw.RangeError)
_VALUE_ERRORS = (UnicodeError, OverflowError, TypeError, ValueError)
_DISK_ERRORS = (
    apsw.FullError,
    apsw.BusyError,
    apsw.LockedError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.PermissionsError,
    apsw.ProtocolError,
    apsw.NoMemError,
)
_SYNC_CODES = frozenset(
    {
        apsw.SQLITE_IOERR_FSYNC,
        apsw.SQLITE_IOERR_DIR_FSYNC,
        apsw.SQLITE_IOERR_CORRUPTFS,
        apsw.SQLITE_IOERR_DATA,
    }
)


def blame(error: Exception) -> Blame:
    if isinstance(error, (*_ROW_ERRORS, *_VALUE_ERRORS)):
        return Blame.ROW
    if isinstance(error, _DISK_ERRORS):
        return Blame.DISK
    if isinstance(error, apsw.IOError) and getattr(error, "extendedresult", -1) not in _SYNC_CODES:
        return Blame.DISK
    return Blame.UNKNOWN


class Committer:
    """Owns the one connection that writes. `hand_over` and `stop` may be called from any thread."""

    def __init__(
        self,
        connection: apsw.Connection,
        *,
        checkpointer: Checkpointer,
        clock: Clock,
        stats: JournalStats,
        deliver: Callable[[Group, int], None],
        broken: Callable[[Exception], None],
        pause: Callable[[float], None] = sleep,
    ) -> None:
        """`deliver` gets a settled group and how long its commit took in microseconds; `broken` the
        error that ended the thread. Both are called on the committing thread, as is `pause`, with seconds."""
        self._connection = connection
        self._checkpointer = checkpointer
        self._clock = clock
        self._stats = stats
        self._deliver = deliver
        self._broken = broken
        self._pause = pause
        self._queue: SimpleQueue[Sequence[Entry] | None] = SimpleQueue()
        self._fence = Fence()
        self._thread = Thread(target=self._run, name="journal-commit", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def hand_over(self, entries: Sequence[Entry]) -> None:
        self._queue.put(entries)

    def stop(self) -> None:
        """Commit what was handed over, then end. Blocks until then."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._serve()
        except Exception as error:  # whatever it is, from here on nothing may be acknowledged
            self._broken(error)
        finally:
            self._close_connection()

    def _serve(self) -> None:
        gathered: deque[Entry] = deque()
        is_stopping = False
        hold_until_us = 0
        while True:
            while not gathered and not is_stopping:
                is_stopping = self._take(gathered)
            hold_us = hold_until_us - self._clock.monotonic_us()
            if hold_us > 0 and not is_stopping:
                self._pause(hold_us / 1e6)
            while not is_stopping and not self._queue.empty():
                is_stopping = self._take(gathered)
            if not gathered:
                return
            rows = min(len(gathered), ROWS_PER_COMMIT_MAX)
            began_us = self._clock.monotonic_us()
            self._commit([gathered.popleft() for _ in range(rows)], began_us)
            hold_until_us = began_us + GATHER_US if rows >= BUSY_ROWS else 0

    def _take(self, gathered: deque[Entry]) -> bool:
        """Wait for what is handed over next. Whether nothing comes after it."""
        entries = self._queue.get()
        if entries is None:
            return True
        gathered.extend(entries)
        return False

    def _commit(self, entries: list[Entry], began_us: int) -> None:
        group = self._fence.admit(entries)
        with self._checkpointer.commit():
            self._store(group)
        self._fence.close(group)
        took_us = self._clock.monotonic_us() - began_us
        self._stats.committed(group, took_us)
        self._deliver(group, took_us)
        self._checkpointer.wrote(self._pages_written())

    def _store(self, group: Group) -> None:
        indexes = group.waiting()
        if not indexes and not group.snapshots:
            return
        appends = [group.appends[index] for index in indexes]
        events = [append.event for append in appends if append.new_room is None]
        if not group.snapshots and len(events) == len(indexes):
            # The common case, one table: SQLite's own transaction saves two crossings of the GIL.
            try:
                insert_events(self._connection, events)
            except Exception as error:
                self._roll_back()
                match blame(error):
                    case Blame.ROW:
                        pass
                    case Blame.DISK:
                        group.fail(indexes, CommitFailure.UNAVAILABLE)
                        return
                    case Blame.UNKNOWN:
                        raise
            else:
                return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            refused = self._insert(group, indexes)
            self._insert_snapshots(group)
            self._connection.execute("COMMIT")
        except Exception as error:
            self._roll_back()
            if blame(error) is not Blame.DISK:
                raise
            group.fail(indexes, CommitFailure.UNAVAILABLE)
            self._stats.snapshot_failures += len(group.snapshots)
        else:
            group.fail(refused, CommitFailure.CONFLICT)

    def _insert(self, group: Group, indexes: list[int]) -> list[int]:
        """Insert what SQLite takes; return the indexes of the rooms that it does not take."""
        if not indexes:
            return []
        appends = [group.appends[index] for index in indexes]
        new_rooms = [append.new_room for append in appends if append.new_room is not None]
        self._connection.execute("SAVEPOINT part")
        try:
            if new_rooms:
                insert_rooms(self._connection, new_rooms)
            insert_events(self._connection, [append.event for append in appends])
        except Exception as error:
            if blame(error) is not Blame.ROW:
                raise
            self._connection.execute("ROLLBACK TO part; RELEASE part")
            self._stats.bisections += 1
        else:
            self._connection.execute("RELEASE part")
            return []
        rooms: dict[RoomKey, list[int]] = {}
        for index in indexes:
            rooms.setdefault(group.appends[index].event.room, []).append(index)
        if len(rooms) == 1:
            return indexes
        by_room = list(rooms.values())
        half = len(by_room) // 2
        refused: list[int] = []
        for part in (by_room[:half], by_room[half:]):
            refused += self._insert(group, sorted(index for one in part for index in one))
        return refused

    def _insert_snapshots(self, group: Group) -> None:
        if not group.snapshots:
            return
        self._connection.execute("SAVEPOINT snapshots")
        try:
            insert_snapshots(self._connection, group.snapshots)
        except Exception as error:
            if blame(error) is not Blame.ROW:
                raise
            self._stats.snapshot_failures += len(group.snapshots)
            self._connection.execute("ROLLBACK TO snapshots")
        self._connection.execute("RELEASE snapshots")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _pages_written(self) -> int:
        return self._connection.status(apsw.SQLITE_DBSTATUS_CACHE_WRITE, True)[0]

    def _close_connection(self) -> None:
        try:
            self._connection.close()
        except apsw.Error as error:
            self._broken(error)
