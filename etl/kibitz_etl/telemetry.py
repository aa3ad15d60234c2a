"""telemetry.sqlite: tables that the server writes behind and prunes by itself.

The file may be missing, older than this ETL (a table or column is not there yet), or have been replaced.
"""

from pathlib import Path

import pyarrow as pa

from kibitz_etl.sources import Source
from kibitz_etl.sqlite_reader import BATCH_ROWS, SqliteReader


class Telemetry:
    """The telemetry of one data directory. Every call raises `SourceUnreadable` where the file is damaged."""

    def __init__(self, path: Path) -> None:
        self._reader = SqliteReader(path)

    def read_after(self, source: Source, seq: int, limit: int = BATCH_ROWS) -> pa.Table:
        """Up to `limit` rows after position `seq`; none where there is no such file or table."""
        known = self._columns(source)
        if not known:
            return source.schema.empty_table()
        return self._reader.read_after(source, known, seq, limit)

    def is_another(self, source: Source, seq: int) -> bool:
        """Whether the table has never come as far as `seq`: then it is not the one that was read up to it.

        Rows that were pruned do not count against it; the sequence of its ids remembers them.
        """
        if seq == 0 or not self._columns(source):
            return False
        with self._reader.cursor() as cursor:
            cursor.execute(
                "select coalesce((select max(seq) from sqlite_sequence where name = ?), 0)", (source.table,)
            )
            row = cursor.fetchone()
        return row is None or int(row[0]) < seq

    def is_pruned(self, source: Source) -> bool:
        """Whether rows that the table once had are gone."""
        if not self._columns(source):
            return True
        # S608: the table's name is a constant
        sql = f"select coalesce(min(id), 2) from {source.table}"  # noqa: S608
        with self._reader.cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
        return row is None or int(row[0]) > 1

    def _columns(self, source: Source) -> frozenset[str]:
        if not self._reader.path.is_file():
            return frozenset()
        return self._reader.columns(source.table)
