"""Which runs did something, and which failed: `etl.sqlite`, kept apart from the warehouse.

A failed run rolls the warehouse back, so its record must live elsewhere. Runs that found nothing new
leave no row.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

KEEP_RUNS = 10_000

RunRow = tuple[object, ...]
"""A row of `etl_run`, in the order of its columns."""

_DDL = """
create table if not exists etl_run (
    run_id integer primary key autoincrement,
    started_at text not null,
    ended_at text not null,
    state text not null check (state in ('done', 'failed')),
    rows_read integer not null,
    batches integer not null,
    mart_version integer,
    duration_ms integer not null,
    error text
) strict
"""


@dataclass(frozen=True, slots=True)
class Run:
    started_at: datetime
    ended_at: datetime
    rows_read: int
    batches: int
    mart_version: int | None
    """The mart that the run published; None when it published none."""
    error: str | None
    """One sentence; None when all went well."""

    @property
    def duration_ms(self) -> int:
        return round((self.ended_at - self.started_at).total_seconds() * 1000)


class Ledger:
    """The runs of one data directory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._connect()) as con, con:
            con.execute("pragma journal_mode = wal")
            con.execute(_DDL)

    def record(self, run: Run) -> None:
        with closing(self._connect()) as con, con:
            con.execute(
                """
                insert into etl_run
                    (started_at, ended_at, state, rows_read, batches, mart_version, duration_ms, error)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    run.started_at.isoformat(),
                    run.ended_at.isoformat(),
                    "done" if run.error is None else "failed",
                    run.rows_read,
                    run.batches,
                    run.mart_version,
                    run.duration_ms,
                    run.error,
                ),
            )
            con.execute(
                "delete from etl_run where run_id <= (select max(run_id) from etl_run) - ?", (KEEP_RUNS,)
            )

    def newest(self, limit: int) -> list[RunRow]:
        """The last runs, newest first."""
        with closing(self._connect()) as con:
            return con.execute(
                """
                select
                    run_id, started_at, ended_at, state, rows_read, batches, mart_version, duration_ms, error
                from etl_run order by run_id desc limit ?
                """,
                (limit,),
            ).fetchall()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=5)
