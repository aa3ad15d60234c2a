"""Loads batches: the facts and their watermark in one transaction.

A process killed at any point leaves the last committed batch; the next run goes on behind it, so no
row is lost and none is loaded twice. What the rollups do not know yet is counted afterwards, in a
transaction of its own (`recount.py`), so that catching up costs each day once and not once a batch.
"""

# ruff: noqa: S608  (table and column names come from the package's own model files)

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from kibitz_etl.errors import CannotReread, SourceUnreadable
from kibitz_etl.extract import BATCH_ROWS, Journal, Position
from kibitz_etl.model import Model, Window
from kibitz_etl.read_ahead import ReadAhead
from kibitz_etl.sources import JOURNAL_BATCH, JOURNAL_VIEW, TELEMETRY, Source
from kibitz_etl.telemetry import Telemetry
from kibitz_etl.transform import append, check, stage
from kibitz_etl.warehouse import transaction
from kibitz_etl.watermarks import (
    TelemetryMark,
    Watermark,
    read_journal_mark,
    read_telemetry_mark,
    restarted,
    write_journal_mark,
    write_telemetry_mark,
)

LATE_AFTER = timedelta(minutes=10)
"""An event this much older than the newest one loaded before it counts as late."""
POSITIONS = ["id", "room_id", "version"]
_CANNOT = (
    "{} changed, and {} was pruned, so it cannot be read again; a migration must say how the table changes"
)

UtcNow = Callable[[], datetime]
"""The present as naive UTC."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one batch brought."""

    n_events: int
    n_telemetry: int
    is_last: bool
    """Nothing more was waiting."""
    fault: str | None
    """Why telemetry could not be read; the journal was loaded all the same."""


class Loader:
    """Moves rows from one journal and one telemetry file into one warehouse."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        journal: Journal,
        telemetry: Telemetry,
        models: Sequence[Model],
        utc_now: UtcNow,
    ) -> None:
        self._con = con
        self._journal = journal
        self._ahead = ReadAhead(journal)
        self._telemetry = telemetry
        self._utc_now = utc_now
        by_source = {model.sources: model for model in models if model.window is Window.BATCH}
        self._staging = by_source[(JOURNAL_BATCH,)]
        self._facts = by_source[(self._staging.name,)]
        self._told: Mapping[Source, Model] = {source: by_source[(source.batch,)] for source in TELEMETRY}

    def watermark(self) -> Watermark:
        return read_journal_mark(self._con)

    def is_another_journal(self) -> bool:
        """Whether the journal is not the one that was read, but a restored or a new one.

        Raises `JournalMissing` or `SourceUnreadable`.
        """
        known = self.watermark().last
        if known.seq == 0:
            return False
        found = self._journal.at(known.seq)
        return found != known if found is not None else self._journal.last_seq() < known.seq

    def load_batch(self, limit: int = BATCH_ROWS) -> Loaded:
        """Load the next rows of each source, at most `limit` of each.

        Raises `JournalMissing`, `SourceUnreadable` of the journal, or `CheckFailed`: nothing was loaded.
        """
        before = self.watermark()
        batch = self._ahead.read_after(before.last.seq, limit)
        marks, told, fault = self._read_telemetry(limit)
        unreadable = self._stage(batch) if batch.num_rows else []
        with transaction(self._con):
            if batch.num_rows:
                self._append_events(batch, before, unreadable)
            for source, rows in told.items():
                if rows.num_rows:
                    self._append_told(source, rows, marks[source])
        sizes = [batch.num_rows, *(rows.num_rows for rows in told.values())]
        return Loaded(batch.num_rows, sum(sizes[1:]), all(size < limit for size in sizes), fault)

    def close(self) -> None:
        self._ahead.close()

    def forget_events(self) -> None:
        """Inside a transaction: read the journal from its beginning. What telemetry told stays."""
        self._con.execute(f"delete from {self._facts.name}")
        for table in ("etl_watermark", "etl_quarantine"):
            self._con.execute(f"delete from {table} where source = ?", [JOURNAL_VIEW])

    def reread(self, model: Model) -> None:
        """Inside a transaction, with the model's table made anew: read its source from the beginning.

        Raises `CannotReread` where the source no longer has what was loaded.
        """
        if model in (self._staging, self._facts):
            if self.watermark().last.seq and self._journal.first_seq() > 1:
                raise CannotReread(_CANNOT.format(model.name, "the journal"))
            self.forget_events()
            return
        source = next(source for source, told in self._told.items() if told is model)
        if read_telemetry_mark(self._con, source.batch).last_seq and self._telemetry.is_pruned(source):
            raise CannotReread(_CANNOT.format(model.name, f"telemetry's table {source.table}"))
        self._con.execute("delete from etl_watermark where source = ?", [source.batch])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the warehouse, for checks from outside."""
        return self._con.execute(sql).fetchall()

    def _read_telemetry(
        self, limit: int
    ) -> tuple[dict[Source, TelemetryMark], dict[Source, pa.Table], str | None]:
        """How far each table is loaded, and the rows behind that; nothing and why, where it is damaged."""
        marks = {source: read_telemetry_mark(self._con, source.batch) for source in TELEMETRY}
        try:
            told = self._telemetry.read_after(
                {source: mark.last_seq for source, mark in marks.items()}, limit
            )
        except SourceUnreadable as unreadable:
            return {}, {}, str(unreadable)
        marks |= {source: restarted(marks[source]) for source in told.restarted}
        return marks, told.rows, None

    def _append_events(
        self, batch: pa.Table, before: Watermark, unreadable: Sequence[tuple[int, str]]
    ) -> None:
        now = self._utc_now()
        check(self._con, self._staging, self._staging.name)
        append(self._con, self._facts)
        check(self._con, self._facts, f"(select * from {self._facts.name} where seq > {before.last.seq})")
        self._con.execute(
            f"""
            insert into etl_quarantine (seq, error, found_at, source)
            select seq, error, ?, ? from {self._staging.name} where error is not null
            """,
            [now, JOURNAL_VIEW],
        )
        for seq, reason in unreadable:
            self._quarantine(JOURNAL_VIEW, seq, reason)
        late_before = before.watermark_at - LATE_AFTER if before.watermark_at is not None else None
        n_good, n_bad, n_late, newest = self._con.execute(
            f"""
            select
                count(*) filter (where error is null),
                count(*) filter (where error is not null),
                count(*) filter (where error is null and occurred_at < ?),
                max(occurred_at) filter (where error is null)
            from {self._staging.name}
            """,
            [late_before],
        ).fetchall()[0]
        # only these columns: another may hold bytes that are no text
        last = batch.select(POSITIONS).slice(batch.num_rows - 1).to_pylist()[0]
        known = [at for at in (before.watermark_at, newest) if at is not None]
        mark = Watermark(
            last=Position(last["id"], last["room_id"], last["version"]),
            watermark_at=max(known) if known else None,
            rows_loaded=before.rows_loaded + n_good,
            late_rows=before.late_rows + n_late,
            quarantined_rows=before.quarantined_rows + n_bad + len(unreadable),
            counted_seq=before.counted_seq,
        )
        write_journal_mark(self._con, mark, now)

    def _append_told(self, source: Source, rows: pa.Table, before: TelemetryMark) -> None:
        model = self._told[source]
        self._con.register(source.batch, rows)
        try:
            n_good = append(self._con, model)
        finally:
            self._con.unregister(source.batch)
        n_bad = rows.num_rows - n_good
        last = int(rows["id"][rows.num_rows - 1].as_py())
        if n_bad:
            self._quarantine(source.batch, last, f"{n_bad} rows up to this one are out of range")
        mark = TelemetryMark(
            last, before.rows_loaded + n_good, before.quarantined_rows + n_bad, before.counted_seq
        )
        write_telemetry_mark(self._con, source.batch, mark, self._utc_now())

    def _quarantine(self, source: str, seq: int, reason: str) -> None:
        self._con.execute(
            "insert into etl_quarantine (seq, error, found_at, source) values (?, ?, ?, ?)",
            [seq, reason, self._utc_now(), source],
        )

    def _stage(self, batch: pa.Table) -> list[tuple[int, str]]:
        """Fill the staging table; returns the rows so broken that not even its query takes them.

        Before the transaction, because an error inside would abort the whole of it.
        """
        unreadable: list[tuple[int, str]] = []
        good = self._readable(batch, unreadable)
        if unreadable:
            stage(self._con, self._staging, pa.concat_tables(good) if good else batch.slice(0, 0))
        return unreadable

    def _readable(self, batch: pa.Table, unreadable: list[tuple[int, str]]) -> list[pa.Table]:
        """The parts of the batch that can be staged; halves what cannot, down to the single row."""
        try:
            stage(self._con, self._staging, batch)
        except (duckdb.DataError, duckdb.InvalidInputException) as error:
            if batch.num_rows == 1:
                unreadable.append((int(batch["id"][0].as_py()), str(error).splitlines()[0]))
                return []
            half = batch.num_rows // 2
            parts = (batch.slice(0, half), batch.slice(half))
            return [good for part in parts for good in self._readable(part, unreadable)]
        return [batch]
