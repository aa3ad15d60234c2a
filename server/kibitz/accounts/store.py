"""The accounts' SQL: a writing connection that belongs to one thread, a reading one for the loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import apsw

from kibitz.accounts.errors import AccountsUnavailable, AccountsUnusable
from kibitz.accounts.schema import migrations
from kibitz.sqlite_file import UnusableFile, connect, prepare, problem_of

HOUR_US = 60 * 60 * 1_000_000
_READ_BUSY_TIMEOUT_MS = 250

T = TypeVar("T")
Row = tuple[Any, ...]
Value = str | int | bytes
Work = Callable[[apsw.Connection], T]


class Store:
    """Other processes may use the same file at the same time."""

    def __init__(self, path: Path) -> None:
        """Blocks while it migrates. Raises `AccountsUnusable`."""
        try:
            prepare(path, migrations)
            self._writing = connect(path)
            self._reading = connect(path, read_only=True, busy_timeout_ms=_READ_BUSY_TIMEOUT_MS)
        except UnusableFile as error:
            raise AccountsUnusable(error.path, error.problem) from error
        self._writing.pragma("synchronous", "full")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="accounts-write")

    def submit(self, work: Work[T]) -> "Future[T]":
        """Run `work` as one transaction on the writing thread.

        The future raises `AccountsUnavailable` when the disk or another process stands in the way.
        """
        return self._writer.submit(self._transact, work)

    async def write(self, work: Work[T]) -> T:
        """`submit`, awaited."""
        # Shielded: the transaction is under way and cannot be taken back by whoever stops waiting.
        return await asyncio.shield(asyncio.wrap_future(self.submit(work)))

    def row(self, statement: str, *values: Value) -> Row | None:
        """The first row of a short query, on the calling thread. Raises `AccountsUnavailable`."""
        rows = self.rows(statement, *values)
        return rows[0] if rows else None

    def rows(self, statement: str, *values: Value) -> list[Row]:
        """Raises `AccountsUnavailable`."""
        try:
            return self._reading.execute(statement, values).fetchall()
        except apsw.Error as error:
            raise AccountsUnavailable(problem_of(error)) from error

    def close(self) -> None:
        """Finish what was handed in, then release the file. Blocks."""
        self._writer.shutdown(wait=True)
        self._reading.close()
        self._writing.close()

    def _transact(self, work: Work[T]) -> T:
        try:
            self._writing.execute("BEGIN IMMEDIATE")
            result = work(self._writing)
            self._writing.execute("COMMIT")
        except apsw.ConstraintError:
            self._roll_back()
            raise
        except apsw.Error as error:
            self._roll_back()
            raise AccountsUnavailable(problem_of(error)) from error
        except BaseException:
            self._roll_back()
            raise
        return result

    def _roll_back(self) -> None:
        if self._writing.in_transaction:
            self._writing.execute("ROLLBACK")
