"""How far each source is loaded, and how far what was loaded is counted: the table `etl_watermark`."""

from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from kibitz_etl.extract import Position
from kibitz_etl.sources import JOURNAL_VIEW


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far the journal is loaded."""

    last: Position
    watermark_at: datetime | None
    """The newest `occurred_at` loaded; None before the first event."""
    rows_loaded: int
    late_rows: int
    quarantined_rows: int
    counted_seq: int = 0
    """Up to here the rollups know the events."""


NOTHING_LOADED = Watermark(Position(0, "", 0), None, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class TelemetryMark:
    """How far one table of telemetry is loaded."""

    last_seq: int
    rows_loaded: int
    quarantined_rows: int
    counted_seq: int


def read_journal_mark(con: duckdb.DuckDBPyConnection) -> Watermark:
    rows = con.execute(
        """
        select
            last_seq, last_room_id, last_version, watermark_at, rows_loaded, late_rows, quarantined_rows,
            counted_seq
        from etl_watermark where source = ?
        """,
        [JOURNAL_VIEW],
    ).fetchall()
    if not rows:
        return NOTHING_LOADED
    seq, room_id, version, *others = rows[0]
    return Watermark(Position(seq, room_id, version), *others)


def write_journal_mark(con: duckdb.DuckDBPyConnection, mark: Watermark, now: datetime) -> None:
    _write(
        con,
        JOURNAL_VIEW,
        (
            mark.last.seq,
            mark.last.room_id,
            mark.last.version,
            mark.watermark_at,
            mark.rows_loaded,
            mark.late_rows,
            mark.quarantined_rows,
            now,
            mark.counted_seq,
        ),
    )


def read_telemetry_mark(con: duckdb.DuckDBPyConnection, batch: str) -> TelemetryMark:
    rows = con.execute(
        "select last_seq, rows_loaded, quarantined_rows, counted_seq from etl_watermark where source = ?",
        [batch],
    ).fetchall()
    return TelemetryMark(*rows[0]) if rows else TelemetryMark(0, 0, 0, 0)


def write_telemetry_mark(
    con: duckdb.DuckDBPyConnection, batch: str, mark: TelemetryMark, now: datetime
) -> None:
    _write(
        con,
        batch,
        (mark.last_seq, "", 0, None, mark.rows_loaded, 0, mark.quarantined_rows, now, mark.counted_seq),
    )


def rows_known(con: duckdb.DuckDBPyConnection) -> int:
    """Rows loaded from all sources together: rises with whatever is loaded."""
    sql = "select coalesce(sum(rows_loaded + quarantined_rows), 0)::bigint from etl_watermark"
    return int(con.execute(sql).fetchall()[0][0])


def everything_counted(con: duckdb.DuckDBPyConnection) -> None:
    """Inside the transaction that counted."""
    con.execute("update etl_watermark set counted_seq = last_seq")


def nothing_counted(con: duckdb.DuckDBPyConnection) -> None:
    """So that the next count begins with the first row of each source."""
    con.execute("update etl_watermark set counted_seq = 0")
    con.execute("delete from etl_counted")


def restarted(mark: TelemetryMark) -> TelemetryMark:
    """Of a file that was replaced: its ids begin anew, what was loaded stays."""
    return replace(mark, last_seq=0, counted_seq=0)


def _write(con: duckdb.DuckDBPyConnection, source: str, values: tuple[object, ...]) -> None:
    con.execute("delete from etl_watermark where source = ?", [source])
    con.execute(
        """
        insert into etl_watermark (
            source, last_seq, last_room_id, last_version, watermark_at, rows_loaded, late_rows,
            quarantined_rows, updated_at, counted_seq
        ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [source, *values],
    )
