"""A journal that somebody holds locked: readers keep the mart they have, nothing is lost, nothing doubled."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.pointer import read_pointer
from kibitz_etl.tick import Pipeline
from support.analytics_history import history
from support.analytics_journal import JournalFile, at, naive

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]
UNTIL = "2026-11-23 12:00:00"


HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("pragma locking_mode = exclusive")
connection.execute("begin exclusive")
connection.execute("update rooms set created_us = created_us")
connection.execute("commit")
print("held", flush=True)
sys.stdin.read()
"""
"""Nobody else can read the file meanwhile: what a careless tool does, never the server. In a process of its
own, since a process's locks do not keep itself out."""


@contextmanager
def held(journal: Path) -> Iterator[None]:
    command = [sys.executable, "-c", HOLDER, str(journal)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.communicate()


@pytest.mark.parametrize("locked_s", [0.5, pytest.param(10.0, marks=pytest.mark.full)])
def test_it_goes_on_when_the_lock_is_gone(tmp_path: Path, locked_s: float) -> None:
    rows = history(seed=6, until=at(UNTIL), days=4, rooms_per_day=8)
    paths = Paths(tmp_path)
    journal = JournalFile(paths.journal)
    journal.append(rows[: len(rows) // 2])
    with Pipeline(paths, load_models(), utc_now=lambda: naive(UNTIL), interval_s=5) as pipeline:
        assert pipeline.tick().state == "ok"
        journal.append(rows[len(rows) // 2 :])
        with held(paths.journal):
            ends_s = time.monotonic() + locked_s
            while time.monotonic() < ends_s:
                tick = pipeline.tick()
                assert tick.state == "failed"
                assert "lock" in tick.message.lower() or "busy" in tick.message.lower(), tick.message
                pointer = read_pointer(paths.pointer)
                assert pointer is not None
                assert pointer.mart == "mart_000001.duckdb"
                with duckdb.connect(str(paths.warehouse_dir / pointer.mart), read_only=True) as mart:
                    assert mart.execute("select rows_loaded from meta").fetchall() == [(len(rows) // 2,)]
        assert pipeline.tick().state == "ok"
        assert pipeline.loader.rows("select count(*), count(distinct seq) from fct_event") == [
            (len(rows), len(rows))
        ]
        assert pipeline.reconcile() == []
