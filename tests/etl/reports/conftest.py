"""A data directory whose mart was made by the real ETL, with trends, from three weeks of known history."""

import shutil
from pathlib import Path

import pytest

from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from kibitz_etl.trends.tables import trend_tables
from support.analytics_history import history
from support.analytics_journal import JournalFile, at, naive

NOW = naive("2026-11-23 12:30:00")


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("reported")
    rows = history(seed=5, until=at("2026-11-23 12:29:00"), days=22, rooms_per_day=5)
    JournalFile(data / "journal.sqlite").append(rows)
    with Pipeline(
        Paths(data), load_models(), utc_now=lambda: NOW, interval_s=5, derived=trend_tables()
    ) as pipeline:
        tick = pipeline.tick()
        assert tick.state == "ok", tick.message
    return data


@pytest.fixture
def reported(tmp_path: Path, _built: Path) -> Paths:
    shutil.copytree(_built, tmp_path / "data")
    return Paths(tmp_path / "data")
