"""The journal: its published view, read on by position."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from kibitz_etl.errors import JournalMissing
from kibitz_etl.sources import JOURNAL, JOURNAL_VIEW
from kibitz_etl.sqlite_reader import BATCH_ROWS, SqliteReader

__all__ = ["BATCH_ROWS", "Journal", "Position"]

EPOCH = date(1970, 1, 1)
_DAY = "max(min(cast(at_us as integer) / 86400000000, 47846), 0)"
"""Days since 1970, held within 1970 and 2100: others are no days in Python."""


@dataclass(frozen=True, slots=True)
class Position:
    """One event of the journal: enough to tell whether it is still the journal that was read."""

    seq: int
    room_id: str
    version: int


class Journal:
    """The journal file of one data directory. Every call raises `JournalMissing` or `SourceUnreadable`."""

    def __init__(self, path: Path) -> None:
        self._reader = SqliteReader(path)
        self._known = frozenset(JOURNAL.schema.names)

    def read_after(self, seq: int, limit: int = BATCH_ROWS) -> pa.Table:
        """Up to `limit` events after position `seq`, oldest first."""
        self._must_exist()
        return self._reader.read_after(JOURNAL, self._known, seq, limit)

    def first_seq(self) -> int:
        """The oldest position; 0 for a journal without events."""
        return self._number("select coalesce(min(id), 0) from events_v1")

    def last_seq(self) -> int:
        """The newest position; 0 for a journal without events."""
        return self._number("select coalesce(max(id), 0) from events_v1")

    def at(self, seq: int) -> Position | None:
        """The event at this position; None when the journal does not have it."""
        self._must_exist()
        with self._reader.cursor() as cursor:
            cursor.execute("select cast(room_id as text), version from events_v1 where id = ?", (seq,))
            row = cursor.fetchone()
        return None if row is None else Position(seq, str(row[0]), int(row[1]))

    def days(self, last_seq: int, apart: Collection[int], *, after: int = 0) -> dict[date, int]:
        """How many events each UTC day has, after a position and up to one; reads all of them.

        The events at the positions `apart` are counted on 1970-01-01, whatever their time says.
        """
        self._must_exist()
        # S608: constants
        by_day = (
            f"select {_DAY} as day, count(*) as n from {JOURNAL_VIEW} where id > ? and id <= ? group by 1"  # noqa: S608
        )
        one = f"select {_DAY} from {JOURNAL_VIEW} where id = ?"  # noqa: S608
        with self._reader.cursor() as cursor:
            cursor.execute(by_day, (after, last_seq))
            counts = Counter({int(day): int(n) for day, n in cursor.fetchall()})
            for seq in apart:
                cursor.execute(one, (seq,))
                row = cursor.fetchone()
                if row is not None:
                    counts[int(row[0])] -= 1
                    counts[0] += 1
        return {EPOCH + timedelta(days=day): n for day, n in counts.items() if n}

    def _number(self, sql: str) -> int:
        self._must_exist()
        with self._reader.cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
        return 0 if row is None else int(row[0])

    def _must_exist(self) -> None:
        if not self._reader.path.is_file():
            raise JournalMissing(
                f"There is no journal at {self._reader.path} yet; waiting for the server to make it."
            )
