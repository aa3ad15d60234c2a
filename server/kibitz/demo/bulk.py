"""Many rows into the files of a data directory that nobody has open, as fast as SQLite takes them.

The files are made under another name. The journal gets its own last: where there is one, everything is there.
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import apsw

from kibitz.accounts.schema import migrations as accounts_migrations
from kibitz.demo.rooms import Row
from kibitz.journal.schema import EVENT_COLUMNS, ROOM_COLUMNS
from kibitz.journal.schema import migrations as journal_migrations
from kibitz.sqlite_file import Migrations, connect, prepare
from kibitz.telemetry.schema import migrations as telemetry_migrations

PARTIAL = ".demo-partial"
_FILES: tuple[tuple[str, Migrations], ...] = (
    ("accounts.sqlite", accounts_migrations),
    ("telemetry.sqlite", telemetry_migrations),
    ("journal.sqlite", journal_migrations),
)
_TRIGGER = "events_without_gap"
# What the trigger refuses row by row, asked once for all rows.
_GAPS = """
    SELECT count(*) FROM (
        SELECT room FROM events GROUP BY room HAVING min(version) <> 1 OR max(version) <> count(*)
    )
    """


class BrokenHistory(Exception):
    """The rows of a room have a gap: a fault of the demo, not of whoever asked for it."""


class Bulk:
    """The three files, being filled."""

    def __init__(self, data: Path) -> None:
        """Raises `kibitz.sqlite_file.UnusableFile`, `OSError`."""
        self._data = data
        self._folder = data / PARTIAL
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700, parents=True)
        self._open: dict[str, apsw.Connection] = {}
        self._room_ids: dict[object, str] = {}
        for name, migrations in _FILES:
            path = self._folder / name
            prepare(path, migrations)
            connection = connect(path)
            # Whatever the machine does meanwhile: it is not the data directory's until it is renamed.
            connection.pragma("synchronous", "off")
            connection.pragma("cache_size", -64_000)
            self._open[name] = connection
        journal = self._open["journal.sqlite"]
        self._trigger = str(
            journal.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", (_TRIGGER,)
            ).fetchall()[0][0]
        )
        journal.execute(f"DROP TRIGGER {_TRIGGER}")

    def rooms(self, rows: Sequence[Row]) -> None:
        self._room_ids.update((row[1], str(row[0])) for row in rows)
        self._insert("journal.sqlite", "rooms", ROOM_COLUMNS, rows)

    def room_id(self, key: object) -> str:
        """Of a room that was written."""
        return self._room_ids[key]

    def events(self, rows: Sequence[Row]) -> None:
        """In the order of time: their positions follow it."""
        self._insert("journal.sqlite", "events", EVENT_COLUMNS, rows)

    def telemetry(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        self._insert("telemetry.sqlite", table, columns, rows)

    def players(self, rows: Sequence[Row]) -> None:
        columns = ("player_id", "name", "kind", "created_us", "last_seen_us")
        self._insert("accounts.sqlite", "players", columns, rows)

    def finish(self, marker: bytes) -> None:
        """Prove the history, make it safe on the disk, and give the files their names; `marker` goes into
        the file DEMO. Raises `BrokenHistory`."""
        journal = self._open["journal.sqlite"]
        (broken,) = journal.execute(_GAPS).fetchall()[0]
        if broken:
            raise BrokenHistory(f"{broken} rooms of the demo have a gap in their versions")
        journal.execute(self._trigger)
        for connection in self._open.values():
            connection.pragma("synchronous", "full")
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            connection.close()
        self._open.clear()
        (self._folder / "DEMO").write_bytes(marker)
        (self._folder / "DEMO").chmod(0o600)
        names = ["DEMO", *(name for name, _ in _FILES)]
        _sync(self._folder / name for name in names)
        for name in names:
            os.replace(self._folder / name, self._data / name)
            _sync([self._data])
        shutil.rmtree(self._folder)

    def abandon(self) -> None:
        """Leave nothing behind."""
        for connection in self._open.values():
            connection.close()
        self._open.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _insert(self, file: str, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        names, marks = ",".join(columns), ",".join("?" * len(columns))
        connection = self._open[file]
        with connection:
            connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608  # own names


def _sync(paths: Iterable[Path]) -> None:
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
