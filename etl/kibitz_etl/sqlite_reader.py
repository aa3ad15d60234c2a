"""Reads SQLite files of the server by ADBC, straight into Arrow, and never writes them.

The connection lives for one call: a read transaction that stays open would keep SQLite from
checkpointing its WAL.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
from adbc_driver_manager import Error as AdbcError
from adbc_driver_sqlite import StatementOptions, dbapi

from kibitz_etl.errors import SourceUnreadable
from kibitz_etl.sources import Source

BATCH_ROWS = 122_880
"""A row group of DuckDB: written straight into its file, where smaller batches go through its log."""


class SqliteReader:
    """One file, opened read-only for each call. Raises `SourceUnreadable` where the file does not answer."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read_after(self, source: Source, known: frozenset[str], seq: int, limit: int) -> pa.Table:
        """Up to `limit` rows after position `seq`, oldest first, as a table of the source's schema."""
        with self.cursor() as cursor:
            # types are inferred from the first of these batches: let it be the only one
            cursor.adbc_statement.set_options(
                **{StatementOptions.BATCH_ROWS.value: str(min(limit, BATCH_ROWS))}
            )
            cursor.execute(source.select(known), (seq, limit))
            table = cursor.fetch_arrow_table()
        schema = source.schema
        # an empty result has no types of its own
        return table.cast(schema) if table.num_rows else schema.empty_table()

    @contextmanager
    def cursor(self) -> Iterator[dbapi.Cursor]:
        # never immutable=1: the server writes while this reads
        uri = f"file:{quote(str(self.path.resolve()))}?mode=ro"
        try:
            with closing(dbapi.connect(uri)) as connection, closing(connection.cursor()) as cursor:
                cursor.execute("pragma query_only = on")
                yield cursor
        except AdbcError as error:
            raise SourceUnreadable(f"{self.path} cannot be read: {error}") from error
