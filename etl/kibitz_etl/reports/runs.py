"""Which reports were made, and which deliveries are still to be made: two tables of `etl.sqlite`.

A period has one row per report, so that after any downtime each is made once. What has to be sent is written
in the transaction that notes the report as made: nothing is forgotten, whatever ends the process.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

_DDL = """
create table if not exists report_run (
    report_id text not null,
    period text not null,
    state text not null check (state in ('done', 'failed')),
    attempt integer not null,
    mart_version integer,
    started_at text not null,
    finished_at text not null,
    error text,
    primary key (report_id, period)
) strict;
create table if not exists report_delivery (
    delivery_id integer primary key autoincrement,
    report_id text not null,
    period text not null,
    channel text not null check (channel in ('mail', 'webhook')),
    state text not null check (state in ('waiting', 'done', 'failed')),
    attempt integer not null,
    next_at text not null,
    error text
) strict;
"""
ATTEMPTS_MAX = 6
"""Of a report that fails, and of a delivery; the pauses between them double from a minute on."""
_FIRST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Delivery:
    delivery_id: int
    report_id: str
    period: str
    channel: str
    attempt: int


class Runs:
    """Times are naive UTC."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as con:
            con.executescript(_DDL)

    def is_wanted(self, report_id: str, period: str, now: datetime) -> bool:
        """Not made yet, and neither given up nor to be tried again later."""
        with self._open() as con:
            row = con.execute(
                "select state, attempt, finished_at from report_run where report_id = ? and period = ?",
                (report_id, period),
            ).fetchone()
        if row is None:
            return True
        state, attempt, finished_at = row
        return state == "failed" and attempt < ATTEMPTS_MAX and now >= _again(finished_at, attempt)

    def made(
        self,
        report_id: str,
        period: str,
        mart_version: int,
        started_at: datetime,
        now: datetime,
        channels: Sequence[str],
    ) -> None:
        """And has to be sent by these channels."""
        with self._open() as con:
            self._note(con, report_id, period, "done", mart_version, started_at, now, None)
            for channel in channels:
                con.execute(
                    "insert into report_delivery (report_id, period, channel, state, attempt, next_at) "
                    "values (?, ?, ?, 'waiting', 0, ?)",
                    (report_id, period, channel, now.isoformat()),
                )

    def failed(self, report_id: str, period: str, started_at: datetime, now: datetime, error: str) -> None:
        with self._open() as con:
            self._note(con, report_id, period, "failed", None, started_at, now, error)

    def due(self, now: datetime) -> list[Delivery]:
        """What is to be sent now, oldest first."""
        with self._open() as con:
            rows = con.execute(
                "select delivery_id, report_id, period, channel, attempt from report_delivery "
                "where state = 'waiting' and next_at <= ? order by delivery_id",
                (now.isoformat(),),
            ).fetchall()
        return [Delivery(*row) for row in rows]

    def sent(self, delivery: Delivery) -> None:
        with self._open() as con:
            con.execute(
                "update report_delivery set state = 'done', attempt = ?, error = null where delivery_id = ?",
                (delivery.attempt + 1, delivery.delivery_id),
            )

    def not_sent(self, delivery: Delivery, now: datetime, error: str) -> None:
        """It is tried again later, or given up after `ATTEMPTS_MAX`."""
        attempt = delivery.attempt + 1
        state = "failed" if attempt >= ATTEMPTS_MAX else "waiting"
        with self._open() as con:
            con.execute(
                "update report_delivery set state = ?, attempt = ?, next_at = ?, error = ? "
                "where delivery_id = ?",
                (state, attempt, _again(now.isoformat(), attempt).isoformat(), error, delivery.delivery_id),
            )

    def _note(
        self,
        con: sqlite3.Connection,
        report_id: str,
        period: str,
        state: str,
        mart_version: int | None,
        started_at: datetime,
        now: datetime,
        error: str | None,
    ) -> None:
        con.execute(
            """
            insert into report_run values (?, ?, ?, 1, ?, ?, ?, ?)
            on conflict (report_id, period) do update set
                state = excluded.state,
                attempt = attempt + 1,
                mart_version = excluded.mart_version,
                started_at = excluded.started_at,
                finished_at = excluded.finished_at,
                error = excluded.error
            """,
            (report_id, period, state, mart_version, started_at.isoformat(), now.isoformat(), error),
        )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        with closing(sqlite3.connect(self._path, timeout=5)) as con, con:
            yield con


def _again(finished_at: str, attempt: int) -> datetime:
    return datetime.fromisoformat(finished_at) + _FIRST_PAUSE * (1 << (attempt - 1))
