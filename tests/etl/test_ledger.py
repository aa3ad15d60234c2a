"""The ledger keeps what ran, and not for ever."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from kibitz_etl import ledger
from kibitz_etl.ledger import Ledger, Run
from support.analytics_journal import naive

NOON = naive("2026-11-23 12:00:00")


def test_runs_are_kept_with_their_faults(tmp_path: Path) -> None:
    path = tmp_path / "etl.sqlite"
    Ledger(path).record(Run(NOON, NOON + timedelta(milliseconds=70), 9, 1, 3, None))
    Ledger(path).record(Run(NOON, NOON, 0, 0, None, "The disk is full."))
    with closing(sqlite3.connect(path)) as con:
        assert con.execute(
            "select state, rows_read, mart_version, duration_ms, error from etl_run"
        ).fetchall() == [
            ("done", 9, 3, 70, None),
            ("failed", 0, None, 0, "The disk is full."),
        ]


def test_old_runs_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "KEEP_RUNS", 3)
    book = Ledger(tmp_path / "etl.sqlite")
    for number in range(6):
        book.record(Run(NOON, NOON, number, 1, None, None))
    with closing(sqlite3.connect(tmp_path / "etl.sqlite")) as con:
        assert con.execute("select rows_read from etl_run").fetchall() == [(3,), (4,), (5,)]
