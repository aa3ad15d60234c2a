"""SIGKILL of the ETL at random moments while the journal grows: nothing is lost or counted twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from support.analytics_history import history
from support.analytics_journal import JournalFile, at, naive
from support.processes import environment

UNTIL = at("2026-11-23 12:00:00")
TABLES = [model.name for model in load_models() if not model.is_staging]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


def tables(paths: Paths) -> dict[str, list[tuple[object, ...]]]:
    with Pipeline(
        paths, load_models(), utc_now=lambda: naive("2026-11-23 12:00:00"), interval_s=5
    ) as pipeline:
        assert pipeline.tick().state == "ok"
        return {name: pipeline.loader.rows(f"select * from {name} order by all") for name in TABLES}


@pytest.mark.parametrize("kills", [6, pytest.param(50, marks=pytest.mark.full)])
def test_killed_at_random_moments(tmp_path: Path, kills: int) -> None:
    seed = int(os.environ.get("KIBITZ_TEST_SEED", "20"))
    chance = random.Random(seed)
    rows = history(seed=seed, until=UNTIL, days=2 * kills, rooms_per_day=4)
    paths = Paths(tmp_path / "killed")
    paths.data.mkdir()
    journal = JournalFile(paths.journal)
    command = [sys.executable, "-m", "kibitz_etl", "--data", str(paths.data), "--interval-s", "0.1"]
    per_run = len(rows) // kills + 1
    for number in range(kills):
        journal.append(rows[number * per_run : (number + 1) * per_run])
        with subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL) as process:
            # from before the first import to well after the publish
            time.sleep(chance.uniform(0.3, 1.6))
            process.send_signal(signal.SIGKILL)
        pointer = paths.pointer
        if pointer.exists() and json.loads(pointer.read_text("utf-8"))["mart"]:
            mart = paths.warehouse_dir / json.loads(pointer.read_text("utf-8"))["mart"]
            with duckdb.connect(str(mart), read_only=True) as con:
                assert (
                    con.execute("select sum(n_events) from agg_room_hour").fetchall()
                    == con.execute("select rows_loaded from meta").fetchall()
                )

    untouched = Paths(tmp_path / "untouched")
    untouched.data.mkdir()
    JournalFile(untouched.journal).append(rows)
    killed, expected = tables(paths), tables(untouched)
    assert len(killed["fct_event"]) == len(rows), f"seed {seed}"
    assert killed == expected, f"seed {seed}"
