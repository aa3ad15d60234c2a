"""The journal's own path: a journal of so many events, made as `kibitz demo` makes it, loaded and counted."""

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from analytics_figures import Figure

from kibitz.demo.make import make
from kibitz.demo.plan import Plan
from kibitz_etl.load import Loader
from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline, State

LOADED_A_SECOND = 250_000
MADE_A_SECOND = 50_000
UNTIL = datetime.fromisoformat("2026-11-20 12:00")


def run(data: Path, events: int) -> list[Figure]:
    folder = data / "journal"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    until_us = int(UNTIL.replace(tzinfo=UTC).timestamp()) * 1_000_000
    plan = Plan(seed=1, months=6, players=max(200, events // 170), events=events, until_us=until_us)
    began = time.process_time()
    made = make(folder, plan, lambda what, count: None)
    made_s = time.process_time() - began
    # What telemetry told is another file, with rows of its own.
    (folder / "telemetry.sqlite").unlink()
    loading = loading_wall = 0.0
    load_batch = Loader.load_batch

    def measured(self: Loader, *values: int) -> object:
        nonlocal loading, loading_wall
        began, began_wall = time.process_time(), time.perf_counter()
        try:
            return load_batch(self, *values)
        finally:
            loading += time.process_time() - began
            loading_wall += time.perf_counter() - began_wall

    Loader.load_batch = measured  # type: ignore[method-assign,assignment]
    try:
        with Pipeline(Paths(folder), load_models(), utc_now=lambda: UNTIL, interval_s=5) as pipeline:
            began = time.process_time()
            tick = pipeline.tick()
            took_s = time.process_time() - began
            differs = pipeline.reconcile()
    finally:
        Loader.load_batch = load_batch  # type: ignore[method-assign]
    if tick.state is not State.OK or tick.rows_read != made.events or differs:
        raise SystemExit(f"the load went wrong: {tick}, {differs}")
    return [
        Figure("demo: events made", made.events / made_s, "a second", MADE_A_SECOND, is_least=True),
        Figure(
            "load: events loaded",
            made.events / loading_wall,
            "a second",
            LOADED_A_SECOND,
            is_least=True,
            note="wall time",
        ),
        Figure("load: events loaded", made.events / loading, "a second"),
        Figure("load: with counting and publishing", made.events / took_s, "a second"),
    ]
