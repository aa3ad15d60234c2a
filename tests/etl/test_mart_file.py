"""A mart that began as a copy of the last one holds just what one written from nothing holds."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from kibitz_etl.model import Model, Published
from kibitz_etl.models import load_models
from kibitz_etl.newest import newest_rows
from kibitz_etl.paths import Paths
from kibitz_etl.pointer import read_pointer
from kibitz_etl.tick import Pipeline
from support.analytics_history import history
from support.analytics_journal import JournalFile, Row, at, naive
from support.analytics_telemetry import ROWS, TelemetryFile

UNTIL = at("2026-11-23 12:00:00")


def small(models: Sequence[Model]) -> list[Model]:
    """The models, with so little published of the large ones that most of it is left out."""
    return [
        replace(model, published=Published(newest=12, by=model.published.by))
        if model.published is not None and model.published.newest is not None
        else model
        for model in models
    ]


def assert_as_the_warehouse_says(paths: Paths, pipeline: Pipeline, models: Sequence[Model]) -> None:
    pointer = read_pointer(paths.pointer)
    assert pointer is not None
    with duckdb.connect(str(paths.warehouse_dir / str(pointer.mart)), read_only=True) as mart:
        for model in models:
            if model.published is not None:
                condition = newest_rows(pipeline._con, model, {})
                expected = pipeline.loader.rows(f"select * from {model.name} where {condition} order by all")
                found = mart.execute(f"select * from {model.name} order by all").fetchall()
                assert found == expected, (pointer.mart, model.name)
        assert mart.execute("select mart_version from meta").fetchall() == [(pointer.mart_version,)]


@pytest.mark.timeout(600)
def test_copies_and_marts_from_nothing_are_the_same(paths: Paths) -> None:
    chance = random.Random(3)
    models = small(load_models())
    rows = history(seed=6, until=UNTIL, days=6, rooms_per_day=2)
    journal, telemetry = JournalFile(paths.journal), TelemetryFile(paths.telemetry)
    with Pipeline(paths, models, utc_now=lambda: naive("2026-11-23 12:00:00"), interval_s=5) as pipeline:
        for number in range(9):
            part = rows[number * len(rows) // 9 : (number + 1) * len(rows) // 9]
            late = Row(
                f"late{number}", "joined", UNTIL - timedelta(hours=chance.randrange(140)), player="p_l"
            )
            journal.append([*part, late] if number % 2 else part)
            telemetry.add(chance.choice(list(ROWS)), UNTIL - timedelta(hours=chance.randrange(100)))
            tick = pipeline.tick()
            assert tick.state == "ok", tick.message
            assert_as_the_warehouse_says(paths, pipeline, models)
        pipeline.rebuild()
        assert_as_the_warehouse_says(paths, pipeline, models)


def test_a_mart_that_is_gone_is_no_hindrance(paths: Paths, journal: JournalFile, pipeline: Pipeline) -> None:
    journal.append([Row("a", "created", UNTIL)])
    pipeline.tick()
    (paths.warehouse_dir / "mart_000001.duckdb").unlink()
    journal.append([Row("b", "created", UNTIL)])
    assert pipeline.tick().mart_version == 2
    assert_as_the_warehouse_says(paths, pipeline, load_models())
