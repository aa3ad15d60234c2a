"""telemetry.sqlite: tables that the server writes behind and prunes by itself.

The file may be missing, older than this ETL (a table or column is not there yet), or have been replaced.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from adbc_driver_sqlite import dbapi

from kibitz_etl.sources import Source
from kibitz_etl.sqlite_reader import BATCH_ROWS, SqliteReader


@dataclass(slots=True)
class Told:
    """What one look at the file brought."""

    rows: dict[Source, pa.Table] = field(default_factory=dict)
    """Of the tables that had new rows."""
    restarted: set[Source] = field(default_factory=set)
    """Tables that never came as far as was read: another file's, read from their beginning."""


class Telemetry:
    """The telemetry of one data directory. Every call raises `SourceUnreadable` where the file is damaged."""

    def __init__(self, path: Path) -> None:
        self._reader = SqliteReader(path)

    def read_after(self, positions: Mapping[Source, int], limit: int = BATCH_ROWS) -> Told:
        """Up to `limit` rows of each table after its position; nothing where there is no such file."""
        told = Told()
        if not self._reader.path.is_file():
            return told
        with self._reader.cursor() as cursor:
            columns, newest = _columns(cursor), _newest(cursor)
        for source, seq in positions.items():
            if source.table not in columns:
                continue
            after = seq
            # rows that were pruned do not count against a table; the sequence of its ids remembers them
            if newest.get(source.table, seq) < seq:
                told.restarted.add(source)
                after = 0
            if newest.get(source.table, after + 1) > after:
                rows = self._reader.read_after(source, frozenset(columns[source.table]), after, limit)
                if rows.num_rows:
                    told.rows[source] = rows
        return told

    def is_pruned(self, source: Source) -> bool:
        """Whether rows that the table once had are gone."""
        if not self._reader.path.is_file():
            return True
        with self._reader.cursor() as cursor:
            if source.table not in _columns(cursor):
                return True
            # S608: the table's name is a constant
            cursor.execute(f"select coalesce(min(id), 2) from {source.table}")  # noqa: S608
            row = cursor.fetchone()
        return row is None or int(row[0]) > 1


def _columns(cursor: dbapi.Cursor) -> Mapping[str, set[str]]:
    """By table."""
    cursor.execute(
        """
        select tables.name, columns.name
        from sqlite_master as tables, pragma_table_info(tables.name) as columns
        where tables.type = 'table'
        """
    )
    found: dict[str, set[str]] = defaultdict(set)
    for table, column in cursor.fetchall():
        found[str(table)].add(str(column))
    return found


def _newest(cursor: dbapi.Cursor) -> dict[str, int]:
    """By table: the newest id that it ever gave."""
    cursor.execute("select count(*) from sqlite_master where name = 'sqlite_sequence'")
    row = cursor.fetchone()
    if row is None or not row[0]:
        return {}
    cursor.execute("select name, seq from sqlite_sequence")
    return {str(name): int(seq) for name, seq in cursor.fetchall()}
