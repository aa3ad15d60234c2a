"""A disk that fills up under the ETL: said, nothing kept by halves, and all is there once there is room."""

import resource
import shutil
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
TABLES = [model.name for model in load_models() if not model.is_staging]


@contextmanager
def files_no_larger_than(n_bytes: int) -> Iterator[None]:
    """Writes beyond the limit fail in this process, as they do on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def open_pipeline(paths: Paths) -> Pipeline:
    return Pipeline(paths, load_models(), utc_now=lambda: naive("2026-11-23 12:00:00"), interval_s=5)


def assert_whole(paths: Paths) -> None:
    """What readers are told to open adds up to what it says of itself."""
    pointer = read_pointer(paths.pointer)
    assert pointer is not None
    assert pointer.mart is not None
    with duckdb.connect(str(paths.warehouse_dir / pointer.mart), read_only=True) as mart:
        total = mart.execute("select sum(n_events) from agg_room_hour").fetchall()
        assert total == mart.execute("select rows_loaded from meta").fetchall()


Tables = dict[str, list[tuple[object, ...]]]


def tables(pipeline: Pipeline) -> Tables:
    return {name: pipeline.loader.rows(f"select * from {name} order by all") for name in TABLES}


@pytest.fixture(scope="module")
def begun_and_expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tables]:
    """A data directory that grew after its first publish, and what an ETL with room makes of it."""
    rows = history(seed=5, until=at("2026-11-23 12:00:00"), days=12, rooms_per_day=25)
    first = len(rows) // 3
    begun, untouched = (Paths(tmp_path_factory.mktemp(name)) for name in ("begun", "untouched"))
    journal = JournalFile(begun.journal)
    journal.append(rows[:first])
    with open_pipeline(begun) as pipeline:
        assert pipeline.tick().state == "ok"
    journal.append(rows[first:])
    JournalFile(untouched.journal).append(rows)
    with open_pipeline(untouched) as pipeline:
        assert pipeline.tick().state == "ok"
        return begun.data, tables(pipeline)


@pytest.mark.parametrize("limit_bytes", [0, 10_000, 300_000, 800_000, 1_200_000])
def test_it_goes_on_when_there_is_room_again(
    tmp_path: Path, begun_and_expected: tuple[Path, Tables], limit_bytes: int
) -> None:
    begun, expected = begun_and_expected
    paths = Paths(tmp_path / "full")
    shutil.copytree(begun, paths.data)
    with open_pipeline(paths) as pipeline:
        with files_no_larger_than(limit_bytes):
            ticks = [pipeline.tick() for _ in range(3)]
        assert ticks[0].state == "failed", ticks[0].message
        assert_whole(paths)
        after = pipeline.tick()
        assert after.state == "ok", after.message
        assert_whole(paths)
        assert tables(pipeline) == expected
