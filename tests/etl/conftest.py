"""A data directory with a journal, and the pipeline over it with a clock that the test sets."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from support.analytics_journal import JournalFile, Row, naive

NOW = naive("2026-11-23 12:00:00")

Tables = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


@pytest.fixture
def journal(paths: Paths) -> JournalFile:
    return JournalFile(paths.journal)


@pytest.fixture
def open_pipeline() -> Iterator[Callable[..., Pipeline]]:
    """Opens pipelines that the test's end closes."""
    with ExitStack() as stack:

        def open_one(paths: Paths, batch_rows: int = 50_000) -> Pipeline:
            return stack.enter_context(
                Pipeline(paths, load_models(), utc_now=lambda: NOW, interval_s=5, batch_rows=batch_rows)
            )

        yield open_one


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse that has its tables, and nothing in them."""
    paths = Paths(tmp_path_factory.mktemp("prepared"))
    with Pipeline(paths, load_models(), utc_now=lambda: NOW, interval_s=5):
        return paths.warehouse_dir


@pytest.fixture
def pipeline(paths: Paths, open_pipeline: Callable[..., Pipeline], _prepared: Path) -> Pipeline:
    """Over a copy of the prepared warehouse, for making one takes longer than most tests; `open_pipeline`
    makes one from nothing."""
    if not paths.warehouse_dir.exists():
        shutil.copytree(_prepared, paths.warehouse_dir)
    return open_pipeline(paths)


@pytest.fixture
def load(journal: JournalFile, pipeline: Pipeline) -> Callable[[Sequence[Row]], Tables]:
    """Appends rows, ticks, and gives a function that reads a table: `rows(table, "a, b")`, ordered."""

    def rows(table: str, columns: str = "*") -> list[tuple[object, ...]]:
        return pipeline.loader.rows(f"select {columns} from {table} order by all")

    def load_rows(events: Sequence[Row]) -> Tables:
        journal.append(events)
        tick = pipeline.tick()
        assert tick.state == "ok", tick.message
        return rows

    return load_rows
