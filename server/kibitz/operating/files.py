"""The databases of a data directory, and the ways in which one is read or made safe."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import apsw
from msgspec import Struct

from kibitz.accounts.schema import migrations as accounts_migrations
from kibitz.journal.schema import migrations as journal_migrations
from kibitz.ratings.files import NAME as RATINGS
from kibitz.ratings.schema import migrations as ratings_migrations
from kibitz.sqlite_file import Migrations, connect
from kibitz.telemetry.schema import migrations as telemetry_migrations

JOURNAL = "journal.sqlite"
SIDE_FILES = ("-wal", "-shm")
_READ_BYTES = 1 << 20


class Database(Struct, frozen=True):
    """`migrations` None: another part's, which migrates it itself. `is_needed`: no server without it."""

    name: str
    migrations: Migrations | None
    is_needed: bool = False


DATABASES = (
    # Before the journal, of which it is a projection: a copy must not know more than the journal's does.
    Database(RATINGS, ratings_migrations),
    # Then the journal: what it names (players) is in a copy of the others that was taken later.
    Database(JOURNAL, journal_migrations, is_needed=True),
    Database("accounts.sqlite", accounts_migrations, is_needed=True),
    Database("telemetry.sqlite", telemetry_migrations),
    Database("etl.sqlite", None),
)
PLAIN_FILES = ("quarantine.json", "DEMO")
ARCHIVE = "archive"
REPORTS = "reports"

_GAPS = """
    SELECT count(*) FROM (
        SELECT room FROM events GROUP BY room HAVING min(version) <> 1 OR max(version) <> count(*)
    )
    """


def damage(path: Path) -> str | None:
    """What SQLite finds wrong with the whole file, in its own words; None where all is well."""
    try:
        with closing(connect(path, read_only=True)) as connection:
            found = [str(text) for (text,) in connection.execute("PRAGMA integrity_check(3)")]
    except (apsw.Error, OSError) as error:
        return str(error)
    return None if found == ["ok"] else "; ".join(found)


def rooms_with_gaps(connection: apsw.Connection) -> int:
    """How many rooms of a journal lack a version."""
    return int(connection.execute(_GAPS).fetchall()[0][0])  # type: ignore[arg-type]  # a count


def sha256_of(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_READ_BYTES):
            found.update(part)
    return found.hexdigest()


def sync(paths: Iterable[Path]) -> None:
    """Files and folders are on the disk when this returns. Raises `OSError`."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
