"""SIGKILL of the ETL at random moments while the journal grows: nothing is lost or counted twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from support.analytics_history import history
from support.analytics_journal import JournalFile, Row, at, naive
from support.analytics_telemetry import ROWS, TelemetryFile, Values
from support.processes import environment

UNTIL = at("2026-11-23 12:00:00")
TABLES = [model.name for model in load_models() if not model.is_staging]
TOLD = [model.name for model in load_models() if model.sources[0].startswith("telemetry_")]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


def told_rows(events: Sequence[Row]) -> list[tuple[str, datetime, Values]]:
    """A row of each table of telemetry for every tenth event."""
    return [
        (table, event.at, {"player_id": event.player} if table == "features" and event.player else {})
        for event in events[::10]
        for table in ROWS
    ]


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
    told = told_rows(rows)
    telemetry = TelemetryFile(paths.telemetry)
    command = [sys.executable, "-m", "kibitz_etl", "--data", str(paths.data), "--interval-s", "0.1"]
    per_run = len(rows) // kills + 1
    told_per_run = len(told) // kills + 1
    for number in range(kills):
        journal.append(rows[number * per_run : (number + 1) * per_run])
        telemetry.add_all(told[number * told_per_run : (number + 1) * told_per_run])
        with subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL) as process:
            # from before the first import to well after the publish
            time.sleep(chance.uniform(0.3, 4.0))
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
    TelemetryFile(untouched.telemetry).add_all(told)
    killed, expected = tables(paths), tables(untouched)
    assert len(killed["fct_event"]) == len(rows), f"seed {seed}"
    assert sum(len(killed[name]) for name in TOLD) == len(told), f"seed {seed}"
    assert killed == expected, f"seed {seed}"
