"""Holds the warehouse against the journal: as many events on each day, those in quarantine included."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from kibitz_etl.extract import Journal
from kibitz_etl.sources import JOURNAL_VIEW
from kibitz_etl.warehouse import transaction
from kibitz_etl.watermarks import read_journal_mark

NO_DAY = date(1970, 1, 1)
"""Stands for the events in quarantine, whose time may be what is wrong with them, and for what the journal
has on days that the warehouse cannot hold."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A day on which journal and warehouse do not have the same number of events."""

    day: date
    n_journal: int
    n_warehouse: int


def is_due(con: duckdb.DuckDBPyConnection, now: datetime) -> bool:
    """Whether it was not done yet on this UTC day, and there is something to compare."""
    last = con.execute("select max(checked_at)::date from etl_reconciliation").fetchall()[0][0]
    return (last is None or last < now.date()) and read_journal_mark(con).last.seq > 0


def begin_again(con: duckdb.DuckDBPyConnection) -> None:
    """Forget how far was compared: the journal is another one."""
    con.execute("delete from etl_reconciled")


def reconcile(
    con: duckdb.DuckDBPyConnection, journal: Journal, now: datetime, *, whole: bool
) -> list[Difference]:
    """Compare day by day up to what is loaded, keep the result in `etl_reconciliation`; the days that differ.

    The warehouse is counted anew each time. Of the journal, which only grows, what came since the last
    comparison is read, and added to what was counted then; `whole` reads all of it.
    Days before the first one that the journal still has are passed over: they were archived.
    Raises `JournalMissing` or `SourceUnreadable`.
    """
    last_seq = read_journal_mark(con).last.seq
    first_seq = journal.first_seq()
    after = 0 if whole else _compared_to(con, first_seq, last_seq)
    in_quarantine = {
        seq
        for (seq,) in con.execute(
            "select seq from etl_quarantine where source = ? and seq between ? and ?",
            [JOURNAL_VIEW, first_seq, last_seq],
        ).fetchall()
    }
    in_warehouse: dict[date, int] = dict(
        con.execute(
            "select occurred_at::date, count(*) from fct_event where seq between ? and ? group by 1",
            [first_seq, last_seq],
        ).fetchall()
    )
    in_journal = Counter(journal.days(last_seq, {seq for seq in in_quarantine if seq > after}, after=after))
    if after:
        in_journal.update(dict(con.execute("select day, n_journal from etl_reconciliation").fetchall()))
    if in_quarantine:
        in_warehouse[NO_DAY] = len(in_quarantine)
    rows = [
        (day, in_journal.get(day, 0), in_warehouse.get(day, 0))
        for day in sorted(in_journal.keys() | in_warehouse.keys())
    ]
    with transaction(con):
        begin_again(con)
        con.execute("insert into etl_reconciled values (?, ?, ?)", [last_seq, first_seq, len(in_quarantine)])
        con.execute("delete from etl_reconciliation")
        for day, n_journal, n_warehouse in rows:
            con.execute(
                "insert into etl_reconciliation values (?, ?, ?, ?, ?)",
                [day, n_journal, n_warehouse, n_journal == n_warehouse, now],
            )
    return [Difference(*row) for row in rows if row[1] != row[2]]


def _compared_to(con: duckdb.DuckDBPyConnection, first_seq: int, last_seq: int) -> int:
    """Up to which position the last comparison's counts of the journal still hold; 0 where they do not.

    They do not where the journal begins elsewhere now, or what is in quarantine is: by other rules, an event
    that was counted on its day may not be.
    """
    for known_seq, began_at, n_apart in con.execute(
        "select last_seq, first_seq, n_apart from etl_reconciled"
    ).fetchall():
        apart = con.execute(
            "select count(*) from etl_quarantine where source = ? and seq between ? and ?",
            [JOURNAL_VIEW, first_seq, known_seq],
        ).fetchall()[0][0]
        if began_at == first_seq and known_seq <= last_seq and n_apart == apart:
            return int(known_seq)
    return 0
