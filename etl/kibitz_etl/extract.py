"""Reads the journal's published view by ADBC, straight into Arrow.

The connection lives for one batch: a read transaction that stays open would keep SQLite from
checkpointing its WAL. ADBC infers types from the first rows and fails on a column that starts with
nulls and goes on with strings, so nulls become sentinels here (`''`, `-1`) and nulls again in
`stg_events.sql`; and every column is cast, so that a row of a wrong type is one bad row and not a
failed batch.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
from adbc_driver_manager import Error as AdbcError
from adbc_driver_sqlite import dbapi

from kibitz_etl.errors import JournalMissing, JournalUnreadable

BATCH_ROWS = 50_000

_TEXTS = (
    "room_id",
    "game",
    "epoch",
    "kind",
    "player_id",
    "type",
    "args",
    "phase_from",
    "phase_to",
    "outcome",
)
_NUMBERS = ("version", "at_us", "handled_us", "schema_version", "seats")
_NULLABLE_NUMBERS = ("seat", "spent_ms", "match")
_FLAGS = ("is_bot", "is_private")

SCHEMA = pa.schema(
    [("id", pa.int64())]
    + [(name, pa.string()) for name in _TEXTS]
    + [(name, pa.int64()) for name in (*_NUMBERS, *_NULLABLE_NUMBERS, *_FLAGS)]
)
"""The columns of a batch; those of `events_v1` that the models use."""

_SELECT = ", ".join(
    [f"coalesce(cast({name} as text), '') as {name}" for name in _TEXTS]
    + [f"coalesce(cast({name} as integer), 0) as {name}" for name in (*_NUMBERS, *_FLAGS)]
    + [f"coalesce(cast({name} as integer), -1) as {name}" for name in _NULLABLE_NUMBERS]
)
# S608: the column names are the constants above.
_BATCH_SQL = f"select id, {_SELECT} from events_v1 where id > ? order by id limit ?"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Position:
    """One event of the journal: enough to tell whether it is still the journal that was read."""

    seq: int
    room_id: str
    version: int


class Journal:
    """The journal file of one data directory, opened read-only for each call."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read_after(self, seq: int, limit: int = BATCH_ROWS) -> pa.Table:
        """Up to `limit` events after position `seq`, oldest first, as a table of `SCHEMA`.

        Raises `JournalMissing` or `JournalUnreadable`.
        """
        with self._cursor() as cursor:
            cursor.execute(_BATCH_SQL, (seq, limit))
            table = cursor.fetch_arrow_table()
        # an empty result has no types of its own
        return table.select(SCHEMA.names).cast(SCHEMA) if table.num_rows else SCHEMA.empty_table()

    def last_seq(self) -> int:
        """The newest position; 0 for a journal without events."""
        with self._cursor() as cursor:
            cursor.execute("select coalesce(max(id), 0) from events_v1")
            row = cursor.fetchone()
        return 0 if row is None else int(row[0])

    def at(self, seq: int) -> Position | None:
        """The event at this position; None when the journal does not have it."""
        with self._cursor() as cursor:
            cursor.execute("select cast(room_id as text), version from events_v1 where id = ?", (seq,))
            row = cursor.fetchone()
        return None if row is None else Position(seq, str(row[0]), int(row[1]))

    @contextmanager
    def _cursor(self) -> Iterator[dbapi.Cursor]:
        if not self._path.is_file():
            raise JournalMissing(
                f"There is no journal at {self._path} yet; waiting for the server to make it."
            )
        # never immutable=1: the server writes while this reads
        uri = f"file:{quote(str(self._path.resolve()))}?mode=ro"
        try:
            with closing(dbapi.connect(uri)) as connection, closing(connection.cursor()) as cursor:
                cursor.execute("pragma query_only = on")
                yield cursor
        except AdbcError as error:
            raise JournalUnreadable(f"The journal {self._path} cannot be read: {error}") from error
