"""Loads batches of events: facts, rollups and watermark in one transaction.

A process killed at any point leaves the last committed batch; the next run goes on behind it, so no
event is lost and none is counted twice.
"""

# ruff: noqa: S608  (table and column names come from the package's own model files)

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from kibitz_etl.extract import BATCH_ROWS, Journal, Position
from kibitz_etl.models import FIRST_SOURCE, Model, Window
from kibitz_etl.transform import check, insert, replace_windows, touch_rooms_after
from kibitz_etl.warehouse import changed_models, forget_removed, make_tables, transaction

SOURCE = "events_v1"
LATE_AFTER = timedelta(minutes=10)
"""An event this much older than the newest one loaded before it counts as late."""

UtcNow = Callable[[], datetime]
"""The present as naive UTC."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far the journal is loaded."""

    last: Position
    watermark_at: datetime | None
    """The newest `occurred_at` loaded; None before the first event."""
    rows_loaded: int
    late_rows: int
    quarantined_rows: int


_NOTHING_LOADED = Watermark(Position(0, "", 0), None, 0, 0, 0)


class Loader:
    """Moves events from one journal into one warehouse."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, journal: Journal, models: Sequence[Model], utc_now: UtcNow
    ) -> None:
        self._con = con
        self._journal = journal
        self._models = models
        self._utc_now = utc_now
        self._staging, self._facts = (model for model in models if model.window is Window.BATCH)

    def prepare(self) -> None:
        """Bring the tables to what the model files say; count again what changed."""
        changed = changed_models(self._con, self._models)
        with transaction(self._con):
            forget_removed(self._con, self._models)
            make_tables(self._con, [model for model in self._models if model.name in changed])
            if any(model.window is Window.BATCH and model.name in changed for model in self._models):
                self._start_over()
            elif changed:
                self._recount()

    def watermark(self) -> Watermark:
        rows = self._con.execute(
            """
            select
                last_seq, last_room_id, last_version, watermark_at, rows_loaded, late_rows, quarantined_rows
            from etl_watermark where source = ?
            """,
            [SOURCE],
        ).fetchall()
        if not rows:
            return _NOTHING_LOADED
        seq, room_id, version, watermark_at, loaded, late, quarantined = rows[0]
        return Watermark(Position(seq, room_id, version), watermark_at, loaded, late, quarantined)

    def start_over_if_replaced(self) -> bool:
        """Forget everything when the journal is not the one that was read, but a restored or a new one.

        Raises `JournalMissing` or `JournalUnreadable`.
        """
        known = self.watermark().last
        if known.seq == 0:
            return False
        found = self._journal.at(known.seq)
        replaced = found != known if found is not None else self._journal.last_seq() < known.seq
        if replaced:
            with transaction(self._con):
                make_tables(self._con, self._models)
                self._start_over()
        return replaced

    def load_batch(self, limit: int = BATCH_ROWS) -> int:
        """Load the next events, at most `limit`; how many rows were read. A short batch was the last.

        Raises `JournalMissing`, `JournalUnreadable` or `CheckFailed`; then nothing was loaded.
        """
        before = self.watermark()
        batch = self._journal.read_after(before.last.seq, limit)
        if batch.num_rows == 0:
            return 0
        unreadable = self._stage(batch)
        with transaction(self._con):
            self._append(batch, before, unreadable)
            replace_windows(self._con, self._models, touch_rooms_after(self._con, before.last.seq))
        return int(batch.num_rows)

    def rebuild(self) -> None:
        """Count everything again from `fct_event`."""
        with transaction(self._con):
            make_tables(self._con, [m for m in self._models if m.window is not Window.BATCH])
            self._recount()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the warehouse, for checks from outside."""
        return self._con.execute(sql).fetchall()

    def _append(self, batch: pa.Table, before: Watermark, unreadable: Sequence[tuple[int, str]]) -> None:
        now = self._utc_now()
        staging, facts = self._staging, self._facts
        check(self._con, staging, staging.name)
        insert(self._con, facts)
        check(self._con, facts, f"(select * from {facts.name} where seq > {before.last.seq})")
        self._con.execute(
            f"insert into etl_quarantine select seq, error, ? from {staging.name} where error is not null",
            [now],
        )
        for seq, reason in unreadable:
            self._con.execute("insert into etl_quarantine values (?, ?, ?)", [seq, reason, now])
        late_before = before.watermark_at - LATE_AFTER if before.watermark_at is not None else None
        n_good, n_bad, n_late, newest = self._con.execute(
            f"""
            select
                count(*) filter (where error is null),
                count(*) filter (where error is not null),
                count(*) filter (where error is null and occurred_at < ?),
                max(occurred_at) filter (where error is null)
            from {staging.name}
            """,
            [late_before],
        ).fetchall()[0]
        # only these columns: another may hold bytes that are no text
        last = batch.select(["id", "room_id", "version"]).slice(batch.num_rows - 1).to_pylist()[0]
        known = [at for at in (before.watermark_at, newest) if at is not None]
        self._write_watermark(
            Watermark(
                last=Position(last["id"], last["room_id"], last["version"]),
                watermark_at=max(known) if known else None,
                rows_loaded=before.rows_loaded + n_good,
                late_rows=before.late_rows + n_late,
                quarantined_rows=before.quarantined_rows + n_bad + len(unreadable),
            )
        )

    def _stage(self, batch: pa.Table) -> list[tuple[int, str]]:
        """Fill the staging table; returns the rows so broken that not even its query takes them.

        Before the transaction, because an error inside would abort the whole of it.
        """
        unreadable: list[tuple[int, str]] = []
        good = self._readable(batch, unreadable)
        if unreadable:
            self._stage_all(pa.concat_tables(good) if good else batch.slice(0, 0))
        return unreadable

    def _stage_all(self, batch: pa.Table) -> None:
        self._con.register(FIRST_SOURCE, batch)
        try:
            insert(self._con, self._staging)
        finally:
            self._con.unregister(FIRST_SOURCE)

    def _readable(self, batch: pa.Table, unreadable: list[tuple[int, str]]) -> list[pa.Table]:
        """The parts of the batch that can be staged; halves what cannot, down to the single row."""
        try:
            self._stage_all(batch)
        except (duckdb.DataError, duckdb.InvalidInputException) as error:
            if batch.num_rows == 1:
                unreadable.append((int(batch["id"][0].as_py()), str(error).splitlines()[0]))
                return []
            half = batch.num_rows // 2
            parts = (batch.slice(0, half), batch.slice(half))
            return [good for part in parts for good in self._readable(part, unreadable)]
        return [batch]

    def _start_over(self) -> None:
        """Inside a transaction, with all tables empty: read the journal from its beginning."""
        self._con.execute("delete from etl_watermark")
        self._con.execute("delete from etl_quarantine")

    def _recount(self) -> None:
        """Inside a transaction: fill every table that is counted from `fct_event`."""
        counted = [model for model in self._models if model.window is not Window.BATCH]
        replace_windows(self._con, counted, touch_rooms_after(self._con, 0))

    def _write_watermark(self, watermark: Watermark) -> None:
        self._con.execute("delete from etl_watermark where source = ?", [SOURCE])
        self._con.execute(
            "insert into etl_watermark values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                SOURCE,
                watermark.last.seq,
                watermark.last.room_id,
                watermark.last.version,
                watermark.watermark_at,
                watermark.rows_loaded,
                watermark.late_rows,
                watermark.quarantined_rows,
                self._utc_now(),
            ],
        )
