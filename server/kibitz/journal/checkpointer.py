"""Checkpoints beside the commits: a second connection, in a thread of its own.

A checkpoint copies the write-ahead log's pages into the database and syncs it, which takes far longer
than a commit; taken on the committing connection it stalls every commit behind it. Passive ones run
while commits go on, but under steady load they never catch the log's end, so the log would grow for
ever. When it is long, one last pass holds the commits for the few pages that are left and lets the log
begin anew. A reader in another process can prevent that; then the log grows until it lets go.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

import apsw

from kibitz.journal.stats import JournalStats

PASSIVE_AFTER_PAGES = 1_000
RESTART_AFTER_PAGES = 8_000
"""32 MiB of log."""

_SYNC_CODES = frozenset({apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_IOERR_DIR_FSYNC})


class Checkpointer:
    """`commit` and `wrote` are the committing thread's; `stop` may be called from any other."""

    def __init__(
        self,
        connection: apsw.Connection,
        *,
        stats: JournalStats,
        broken: Callable[[Exception], None],
        passive_after_pages: int = PASSIVE_AFTER_PAGES,
        restart_after_pages: int = RESTART_AFTER_PAGES,
    ) -> None:
        """`broken` is called on the checkpointing thread when a sync failed."""
        # A reader that keeps the log from beginning anew must not keep the commits waiting as well.
        connection.set_busy_timeout(0)
        # A connection that has read nothing does not know that there is a log, and copies none of it.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        self._connection = connection
        self._stats = stats
        self._broken = broken
        self._passive_after_pages = passive_after_pages
        self._restart_after_pages = restart_after_pages
        self._pages = 0
        self._work = Event()
        self._is_stopping = False
        self._turnstile = Lock()
        self._gate = Lock()
        self._thread = Thread(target=self._run, name="journal-checkpoint", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the checkpoint that may be running. Blocks until then."""
        self._is_stopping = True
        self._work.set()
        self._thread.join()

    @contextmanager
    def commit(self) -> Iterator[None]:
        """Hold this around a commit. Whoever waits to shut the gate goes first at the turnstile."""
        with self._turnstile:
            self._gate.acquire()
        try:
            yield
        finally:
            self._gate.release()

    def wrote(self, pages: int) -> None:
        """A commit wrote this many pages."""
        self._pages += pages
        if self._pages >= self._passive_after_pages:
            self._pages = 0
            self._work.set()

    def _run(self) -> None:
        try:
            while True:
                self._work.wait()
                self._work.clear()
                if self._is_stopping:
                    return
                self._checkpoint()
        except Exception as error:  # a sync failed, or worse: the same as in a commit
            self._broken(error)
        finally:
            self._connection.close()

    def _checkpoint(self) -> None:
        try:
            in_log, _ = self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            if in_log >= self._restart_after_pages:
                with self._turnstile, self._gate:
                    self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_RESTART)
        except (apsw.BusyError, apsw.LockedError, apsw.FullError):
            # The log keeps what was not copied; the next checkpoint begins where the last good one ended.
            self._stats.checkpoint_failures += 1
        except apsw.IOError as error:
            if getattr(error, "extendedresult", -1) in _SYNC_CODES:
                raise
            self._stats.checkpoint_failures += 1
        else:
            self._stats.checkpoints += 1
            self._stats.wal_pages = in_log
