"""The journal in a SQLite file: one process writes it, any number may read it.

Three connections, three threads: the loop reads, one thread commits, one takes checkpoints. The file is
in WAL mode with `synchronous=FULL`: what `settled(None)` reported survives the loss of power. Whoever
runs an event loop beside it should call `sys.setswitchinterval(0.0005)`: with the default of 5 ms the
committing thread waits that long for the GIL several times a commit when the loop is busy.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import apsw

from kibitz.clock import Clock, SystemClock
from kibitz.ids import Epoch, JoinCode, RoomId, RoomKey, Version
from kibitz.journal.checkpointer import Checkpointer
from kibitz.journal.committer import Committer
from kibitz.journal.errors import JournalBroken, JournalUnreadable, JournalUnusable
from kibitz.journal.groups import Append, Group, Intake
from kibitz.journal.journal import BEGINNING, Settled
from kibitz.journal.reader import JournalReader
from kibitz.journal.records import Event, NewRoom, SnapshotRecord, Standing
from kibitz.journal.schema import migrations
from kibitz.journal.stats import JournalStats
from kibitz.sqlite_file import BUSY_TIMEOUT_MS, UnusableFile, connect, prepare, problem_of

_CACHE_KIB = 16 * 1024
_WAL_BYTES_KEPT = 64 * 1024 * 1024
_READ_BUSY_TIMEOUT_MS = 250

Observe = Callable[[int, int], None]
"""Called on the loop once per commit: number of its events, microseconds it took."""


class SqliteJournal:
    """See `Journal`. Made by `SqliteJournal.open`; used on one event loop."""

    def __init__(
        self,
        path: Path,
        *,
        loop: asyncio.AbstractEventLoop,
        fatal: Callable[[JournalBroken], None],
        clock: Clock,
        observe: Observe | None,
        writing: apsw.Connection,
        checkpointing: apsw.Connection,
        reading: apsw.Connection,
    ) -> None:
        self.path = path
        self.stats = JournalStats()
        self._loop = loop
        self._fatal = fatal
        self._observe = observe
        self._reader = JournalReader(reading)
        self._next_key = self._reader.highest_key() + 1
        self._checkpointer = Checkpointer(checkpointing, stats=self.stats, broken=self._break)
        self._committer = Committer(
            writing,
            checkpointer=self._checkpointer,
            clock=clock,
            stats=self.stats,
            deliver=lambda group, took_us: self._post(self._deliver, group, took_us),
            broken=self._break,
        )
        self._intake = Intake(loop, self._committer.hand_over)
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        fatal: Callable[[JournalBroken], None],
        clock: Clock | None = None,
        observe: Observe | None = None,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    ) -> "SqliteJournal":
        """Open or create the journal at `path` for the running event loop. Blocks while it migrates.

        `fatal` is called on the loop when nobody knows any more what is on the disk; it must end the
        process. Nothing is settled after it. `busy_timeout_ms` is how long a commit waits for a lock that
        another process holds before it fails as unavailable. Raises `JournalUnusable`.
        """
        try:
            with ExitStack() as undo:
                prepare(path, migrations)
                writing = connect(path, busy_timeout_ms=busy_timeout_ms)
                undo.callback(writing.close)
                writing.pragma("journal_size_limit", _WAL_BYTES_KEPT)
                writing.pragma("cache_size", -_CACHE_KIB)
                checkpointing = connect(path)
                undo.callback(checkpointing.close)
                for connection in (writing, checkpointing):
                    connection.pragma("synchronous", "full")
                    connection.pragma("wal_autocheckpoint", 0)
                reading = connect(path, read_only=True, busy_timeout_ms=_READ_BUSY_TIMEOUT_MS)
                undo.callback(reading.close)
                journal = cls(
                    path,
                    loop=asyncio.get_running_loop(),
                    fatal=fatal,
                    clock=clock or SystemClock(),
                    observe=observe,
                    writing=writing,
                    checkpointing=checkpointing,
                    reading=reading,
                )
                undo.pop_all()
        except (UnusableFile, JournalUnreadable) as error:
            raise JournalUnusable(path, error.problem) from error
        except apsw.Error as error:
            raise JournalUnusable(path, problem_of(error)) from error
        journal._checkpointer.start()
        journal._committer.start()
        return journal

    def next_room_key(self) -> RoomKey:
        key = self._next_key
        self._next_key += 1
        return RoomKey(key)

    def create_room(self, room: NewRoom, first: Event, settled: Settled) -> None:
        self._intake.add(Append(first, settled, room))

    def append(self, event: Event, settled: Settled) -> None:
        self._intake.add(Append(event, settled))

    def save_snapshot(self, snapshot: SnapshotRecord) -> None:
        self._intake.add(snapshot)

    async def flush(self) -> None:
        """Return when everything appended so far has settled. Raises `JournalBroken`."""
        await self._intake.settle()

    async def close(self) -> None:
        """Commit what was appended, then release the files. Idempotent; never raises."""
        if self._closing is None:
            self._closing = self._loop.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        self._intake.is_closed = True
        try:
            await self._intake.settle()
        except JournalBroken:
            pass  # its owner was told by `fatal`; what is left is to let go of the files
        # The committing connection is closed last: SQLite then empties the log into the database.
        self._reader.close()
        await asyncio.to_thread(self._stop_threads)

    def _stop_threads(self) -> None:
        self._checkpointer.stop()
        self._committer.stop()

    def unfinished_rooms(self) -> Sequence[NewRoom]:
        return self._reader.unfinished_rooms()

    def standings(self) -> Sequence[Standing]:
        return self._reader.standings()

    def find_room(self, room_id: RoomId) -> NewRoom | None:
        return self._reader.find_room(room_id)

    def find_code(self, code: JoinCode) -> NewRoom | None:
        return self._reader.find_code(code)

    def read_room(
        self, room: RoomKey, after: Version = BEGINNING, limit: int | None = None
    ) -> Sequence[Event]:
        return self._reader.read_room(room, after, limit)

    def latest_snapshots(self, room: RoomKey) -> Sequence[SnapshotRecord]:
        return self._reader.latest_snapshots(room)

    def read_settled(self, after: int, limit: int) -> Sequence[Event]:
        return self._reader.read_settled(after, limit)

    def epoch_of(self, room: RoomKey) -> Epoch:
        return self._reader.epoch_of(room)

    def newest(self) -> int:
        """The position of the last event; 0 where there is none."""
        return self._reader.newest()

    def _deliver(self, group: Group, took_us: int) -> None:
        self._intake.deliver(group)
        if self._observe is not None and group.appends:
            self._observe(len(group.appends), took_us)

    def _break(self, error: Exception) -> None:
        """On a thread of the journal."""
        self._post(self._break_off, JournalBroken(self.path, str(error) or type(error).__name__))

    def _break_off(self, broken: JournalBroken) -> None:
        if self._intake.broken is None:
            self._intake.break_off(broken)
            self._fatal(broken)

    def _post(self, callback: Callable[..., None], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *arguments)
        except RuntimeError:
            pass  # the loop is closed: nobody is left to be told
