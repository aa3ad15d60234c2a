"""How far the mart is behind the journal, asked of the journal itself."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from kibitz_dashboard.core.mart import Meta
from kibitz_dashboard.room.journal import JournalError

_SQL = "select id, at_us from events_v1 where id = (select max(id) from events_v1)"


@dataclass(frozen=True, slots=True)
class Behind:
    n_events: int
    """Positions of the journal that the mart has not."""
    lag_ms: float
    newest_at: datetime | None
    """Of the journal, naive UTC; None for an empty one."""


def behind(journal: Path, meta: Meta) -> Behind:
    """Raises `JournalError`."""
    if not journal.is_file():
        raise JournalError("There is no journal in this data directory yet.")
    uri = f"file:{quote(str(journal.resolve()))}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=2)) as con:
            con.execute("pragma query_only = on")
            newest = con.execute(_SQL).fetchone()
    except sqlite3.Error as error:
        raise JournalError(f"The journal cannot be read just now: {error}.") from error
    if newest is None:
        return Behind(0, 0, None)
    at = datetime.fromtimestamp(newest[1] / 1_000_000, UTC).replace(tzinfo=None)
    n = max(0, newest[0] - meta.watermark_seq)
    since = at - (meta.watermark_at or at)
    return Behind(n, max(0.0, since.total_seconds() * 1000) if n else 0.0, at)
