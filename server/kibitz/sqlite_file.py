"""A SQLite file of ours: made private, brought to the newest schema, and refused in one sentence.

sqlite-utils migrates through the standard library's SQLite, everything else runs on apsw's newer one.
Two SQLite libraries must never have the same file open in one process (closing one drops the POSIX
locks of the other), so a migration closes its connection before `prepare` returns, and a file whose
schema is already the newest never meets the older library at all.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

if TYPE_CHECKING:
    from sqlite_utils import Database

BUSY_TIMEOUT_MS = 5_000


class FileProblem(Enum):
    """What is wrong with a file, and what the operator does about it."""

    UNWRITABLE = "cannot be written: check who owns the file and its folder, or choose another folder"
    NOT_A_DATABASE = "is not a SQLite database: move it away, or restore it from a backup"
    FOREIGN = "is a database of something else: choose another folder"
    FROM_THE_FUTURE = "was written by a newer version: install that version, or restore an older backup"
    LOCKED = "is locked by another process: stop that process, then start again"
    DISK_FULL = "needs room on a disk that is full: free some space, then start again"
    DISK_ERROR = "could not be read or written: check the disk and its free space, then start again"
    DAMAGED = "cannot be read: restore it from a backup"


class UnusableFile(Exception):
    """The file cannot be used; the text is one sentence that says why and what to do."""

    def __init__(self, path: Path, problem: FileProblem) -> None:
        super().__init__(f"{path} {problem.value}.")
        self.path = path
        self.problem = problem


class Migrations:
    """The steps of one file's schema, by name and in order. sqlite-utils takes and records them; it is
    imported where a file lacks one, and not before, because that takes longer than most of a start."""

    TABLE = "_sqlite_migrations"

    def __init__(self, name: str) -> None:
        self.name = name
        self._steps: dict[str, Callable[[Database], None]] = {}

    def __call__(self, *, name: str) -> "Callable[[Callable[[Database], None]], Callable[[Database], None]]":
        """The decorator of a step."""

        def add(step: "Callable[[Database], None]") -> "Callable[[Database], None]":
            self._steps[name] = step
            return step

        return add

    @property
    def names(self) -> list[str]:
        return list(self._steps)

    def apply(self, path: Path, *, before: str | None = None) -> None:
        """Take what the file lacks, each step in a transaction of its own; `before`: only those before it."""
        from sqlite_utils import Database
        from sqlite_utils import Migrations as Runner

        runner = Runner(self.name)
        for name, step in self._steps.items():
            runner(name=name)(step)
        database = Database(path)
        try:
            runner.apply(database, stop_before=before)
        finally:
            database.close()


def prepare(path: Path, migrations: Migrations) -> None:
    """Create `path` (0600, its folder 0700) if it is missing and apply the migrations it lacks.

    Blocks. Leaves the file in WAL mode and no connection open. Two processes may call it at once.
    Raises `UnusableFile`.
    """
    _create_private(path)
    try:
        with _alone_in(path.parent):
            if not _is_current(path, migrations):
                migrations.apply(path)
                _is_current(path, migrations)
    except (apsw.Error, sqlite3.Error) as error:
        raise UnusableFile(path, problem_of(error)) from error
    except OSError as error:
        raise UnusableFile(path, FileProblem.UNWRITABLE) from error


def problem_of(error: Exception) -> FileProblem:
    """The problem that an exception of either SQLite library stands for."""
    code = apsw_code(error)
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", -1) & 0xFF
    if code in (apsw.SQLITE_CANTOPEN, apsw.SQLITE_READONLY, apsw.SQLITE_PERM):
        return FileProblem.UNWRITABLE
    if code == apsw.SQLITE_NOTADB:
        return FileProblem.NOT_A_DATABASE
    if code in (apsw.SQLITE_BUSY, apsw.SQLITE_LOCKED):
        return FileProblem.LOCKED
    if code == apsw.SQLITE_FULL:
        return FileProblem.DISK_FULL
    if code == apsw.SQLITE_IOERR:
        return FileProblem.DISK_ERROR
    return FileProblem.DAMAGED


def apsw_code(error: Exception) -> int:
    """SQLite's primary result code of an apsw exception, or -1."""
    code = getattr(error, "result", -1)
    return code & 0xFF if isinstance(code, int) else -1


def connect(
    path: Path, *, read_only: bool = False, busy_timeout_ms: int = BUSY_TIMEOUT_MS
) -> apsw.Connection:
    """An apsw connection to a prepared file. One thread at a time. Raises `UnusableFile`."""
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE
    try:
        connection = apsw.Connection(str(path), flags=flags)
        connection.set_busy_timeout(busy_timeout_ms)
        connection.pragma("trusted_schema", False)
        connection.pragma("query_only", read_only)
    except apsw.Error as error:
        raise UnusableFile(path, problem_of(error)) from error
    return connection


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Processes that open new files in one folder at the same time wait for each other here.

    SQLite's own locks would make one of them fail instead: both hold the file for reading while each
    wants to write its schema.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _create_private(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # O_EXCL: opening and closing an existing file would drop this process's locks on it.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError as error:
        if (
            not path.is_file()
            or not os.access(path, os.R_OK | os.W_OK)
            or not os.access(path.parent, os.W_OK)
        ):
            raise UnusableFile(path, FileProblem.UNWRITABLE) from error
    except OSError as error:
        raise UnusableFile(path, FileProblem.UNWRITABLE) from error


def _is_current(path: Path, migrations: Migrations) -> bool:
    """Whether nothing has to be migrated; then the file is in WAL mode, too."""
    ours = set(migrations.names)
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if not tables:
            return False
        if migrations.TABLE not in tables:
            raise UnusableFile(path, FileProblem.FOREIGN)
        applied = {
            name
            for (name,) in connection.execute(
                "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (migrations.name,)
            )
        }
        if not applied and len(tables) > 1:
            raise UnusableFile(path, FileProblem.FOREIGN)
        if applied - ours:
            raise UnusableFile(path, FileProblem.FROM_THE_FUTURE)
        if applied != ours:
            return False
        # A property of the file, set last: a file of somebody else stays as it is.
        connection.pragma("journal_mode", "wal")
        return True
    finally:
        connection.close()
