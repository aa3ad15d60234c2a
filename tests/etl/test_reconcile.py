"""Journal and warehouse, day by day."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from kibitz_etl.__main__ import main
from kibitz_etl.extract import Journal
from kibitz_etl.paths import Paths
from kibitz_etl.pointer import read_pointer
from kibitz_etl.reconcile import Difference, reconcile
from kibitz_etl.tick import Pipeline
from support.analytics_journal import JournalFile, Row, at, naive, two_seat_room

DAY = at("2026-11-20 10:00:00")


def test_the_first_tick_of_a_day_compares_and_publishes(
    paths: Paths, journal: JournalFile, pipeline: Pipeline
) -> None:
    journal.append([*two_seat_room("r", DAY), *two_seat_room("s", DAY + timedelta(days=1))])
    pipeline.tick()
    pointer = read_pointer(paths.pointer)
    assert pointer is not None
    assert pointer.mart is not None
    with duckdb.connect(str(paths.warehouse_dir / pointer.mart), read_only=True) as mart:
        assert mart.execute("select * from reconciliation order by day").fetchall() == [
            (date(2026, 11, 20), 7, 7, True, naive("2026-11-23 12:00:00")),
            (date(2026, 11, 21), 7, 7, True, naive("2026-11-23 12:00:00")),
        ]
    assert pipeline.tick().mart_version is None, "once a day"


def test_what_is_missing_or_twice_is_found(journal: JournalFile, pipeline: Pipeline) -> None:
    journal.append([*two_seat_room("r", DAY), *two_seat_room("s", DAY + timedelta(days=1))])
    pipeline.tick()
    pipeline.loader.rows("delete from fct_event where seq = 3")
    pipeline.loader.rows("insert into fct_event from fct_event where seq = 10")
    assert pipeline.reconcile() == [
        Difference(date(2026, 11, 20), 7, 6),
        Difference(date(2026, 11, 21), 7, 8),
    ]


def test_events_in_quarantine_are_no_difference(journal: JournalFile, pipeline: Pipeline) -> None:
    journal.append(
        [
            *two_seat_room("r", DAY),
            Row("bad", "created", DAY, at_us=2**60),
            Row("bad", "created", DAY, at_us=-5),
            Row("bad", "action", DAY, outcome="{no json"),
        ]
    )
    pipeline.tick()
    assert pipeline.reconcile() == []
    assert pipeline.loader.rows("select day, n_warehouse from etl_reconciliation order by day") == [
        (date(1970, 1, 1), 3),
        (date(2026, 11, 20), 7),
    ]


def test_the_command_says_it_in_a_sentence(
    tmp_path: Path, journal: JournalFile, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.append(two_seat_room("r", DAY))
    assert main(["--data", str(tmp_path), "--once"]) == 0
    assert main(["reconcile", "--data", str(tmp_path)]) == 0
    assert "the same events on every day" in capsys.readouterr().err


def test_the_command_names_the_days_that_differ(
    paths: Paths,
    journal: JournalFile,
    open_pipeline: Callable[..., Pipeline],
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal.append(two_seat_room("r", DAY))
    pipeline = open_pipeline(paths)
    pipeline.tick()
    pipeline.loader.rows("delete from fct_event where seq = 7")
    pipeline.__exit__(None, None, None)
    assert main(["reconcile", "--data", str(paths.data)]) == 1
    assert "on 2026-11-20 the journal has 7 events, the warehouse 6" in capsys.readouterr().err


def test_a_days_comparison_reads_what_came_since(
    paths: Paths, journal: JournalFile, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append([*two_seat_room("r", DAY), Row("bad", "created", DAY, at_us=2**60)])
    pipeline.tick()
    read: list[int] = []
    days = Journal.days

    def noting(self: Journal, last_seq: int, apart: Collection[int], *, after: int = 0) -> dict[date, int]:
        read.append(after)
        return days(self, last_seq, apart, after=after)

    monkeypatch.setattr(Journal, "days", noting)
    late = Row("bad", "action", DAY, outcome="{no json")
    journal.append([*two_seat_room("s", DAY), late, *two_seat_room("t", DAY + timedelta(days=3))])
    con, now = pipeline._con, naive("2026-11-24 00:00:05")
    pipeline.tick()
    assert reconcile(con, pipeline._journal, now, whole=False) == []
    table = "select day, n_journal, n_warehouse, is_equal from etl_reconciliation order by day"
    since = pipeline.loader.rows(table)
    assert since == [
        (date(1970, 1, 1), 2, 2, True),
        (date(2026, 11, 20), 14, 14, True),
        (date(2026, 11, 23), 7, 7, True),
    ]
    assert reconcile(con, pipeline._journal, now, whole=True) == []
    assert pipeline.loader.rows(table) == since
    assert read == [8, 0]
    # what the warehouse lost is found wherever it was
    pipeline.loader.rows("delete from fct_event where seq = 3")
    assert reconcile(con, pipeline._journal, now, whole=False) == [Difference(date(2026, 11, 20), 14, 13)]
    assert read == [8, 0, 23]


@pytest.mark.parametrize(
    "changed",
    ["update etl_reconciled set first_seq = 2", "delete from etl_quarantine", "delete from etl_reconciled"],
)
def test_counts_that_may_not_hold_any_more_are_not_used(
    journal: JournalFile, pipeline: Pipeline, changed: str
) -> None:
    journal.append([*two_seat_room("r", DAY), Row("bad", "created", DAY, at_us=2**60)])
    pipeline.tick()
    pipeline.loader.rows(changed)
    pipeline.loader.rows("update etl_reconciliation set n_journal = 99")
    reconcile(pipeline._con, pipeline._journal, naive("2026-11-24 00:00:05"), whole=False)
    assert {n for (n,) in pipeline.loader.rows("select n_journal from etl_reconciliation")} <= {1, 7, 8}
