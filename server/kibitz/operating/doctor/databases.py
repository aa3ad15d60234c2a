"""The databases of a data directory: whole, of a version that this program knows, and with a short log."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw

from kibitz.operating.doctor.findings import Finding, Level
from kibitz.operating.files import DATABASES, JOURNAL, Database, damage, rooms_with_gaps
from kibitz.sqlite_file import Migrations, UnusableFile, connect

LOG_MOST_BYTES = 128 * 1_048_576
"""Well above what the checkpoints let a log grow to by themselves."""
FIXED_SQLITE = (3, 51, 3)
_RESTORE = "stop the server and restore the newest backup (`kibitz restore`); keep the damaged file"


def look_at_databases(data: Path, *, is_quick: bool) -> Iterator[Finding]:
    """`is_quick` leaves out reading every page of every file."""
    for database in DATABASES:
        path = data / database.name
        if path.is_file():
            yield from _look_at(path, database, is_quick=is_quick)
        elif database.is_needed:
            yield Finding(
                "missing",
                Level.WARNING,
                database.name,
                f"{path} is not there.",
                "start the server, which makes it; if there was one, restore it (`kibitz restore`)",
            )


def look_at_sqlite() -> Iterator[Finding]:
    found = tuple(map(int, apsw.sqlite_lib_version().split(".")))[:3]
    if found < FIXED_SQLITE:
        yield Finding(
            "sqlite",
            Level.ERROR,
            "SQLite",
            f"SQLite {apsw.sqlite_lib_version()} has a fault that can lose commits in the log.",
            "install a newer apsw (pip install -U apsw)",
        )
    else:
        yield Finding("sqlite", Level.OK, "SQLite", f"SQLite {apsw.sqlite_lib_version()}.")


def _look_at(path: Path, database: Database, *, is_quick: bool) -> Iterator[Finding]:
    found = None if is_quick else damage(path)
    if found is not None:
        yield Finding("integrity", Level.ERROR, path.name, f"It is damaged: {found}.", _RESTORE)
        return
    try:
        with closing(connect(path, read_only=True)) as connection:
            yield from _schema(connection, path, database.migrations)
            if path.name == JOURNAL:
                yield from _journal(connection, path)
    except (apsw.Error, UnusableFile) as error:
        yield Finding("integrity", Level.ERROR, path.name, f"It cannot be read: {error}", _RESTORE)
        return
    yield from _log(path)
    told = "It can be opened" if is_quick else "Every page of it was read and is well"
    yield Finding("integrity", Level.OK, path.name, f"{told}; {path.stat().st_size / 1e6:,.1f} MB.")


def _schema(connection: apsw.Connection, path: Path, migrations: Migrations | None) -> Iterator[Finding]:
    if migrations is None:
        return
    ours = migrations.names
    rows = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (migrations.name,)
    ).fetchall()
    applied = {str(name) for (name,) in rows}
    strange, missing = sorted(applied - set(ours)), [name for name in ours if name not in applied]
    if strange:
        yield Finding(
            "schema",
            Level.ERROR,
            path.name,
            f"A newer version of Kibitz wrote it ({', '.join(strange)}).",
            "install that version, or restore a backup from before it",
        )
    elif missing:
        yield Finding(
            "schema",
            Level.NOTICE,
            path.name,
            f"It lacks {', '.join(missing)}, which the next start adds.",
            "make a backup before you start the new version (`kibitz backup`)",
        )


def _journal(connection: apsw.Connection, path: Path) -> Iterator[Finding]:
    broken = rooms_with_gaps(connection)
    if broken:
        told = f"{broken} rooms lack a version: somebody else wrote to the file."
        yield Finding("gaps", Level.ERROR, path.name, told, _RESTORE)


def _log(path: Path) -> Iterator[Finding]:
    log = path.with_name(path.name + "-wal")
    if log.is_file() and log.stat().st_size > LOG_MOST_BYTES:
        yield Finding(
            "log",
            Level.WARNING,
            log.name,
            f"It has grown to {log.stat().st_size / 1e6:,.0f} MB: a reader keeps it from starting anew.",
            f"find who reads in one long transaction (fuser {path.name}) and end it; a restart of the server "
            "empties the log",
        )
