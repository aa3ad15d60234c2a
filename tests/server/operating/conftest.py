"""A data directory with a short history: made once, copied for each test."""

import shutil
from pathlib import Path

import pytest

from kibitz.demo.make import make
from kibitz.demo.plan import Plan

UNTIL_US = 1_795_000_000_000_000


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("history")
    plan = Plan(seed=5, months=1, players=60, events=6_000, until_us=UNTIL_US)
    make(data, plan, lambda what, events: None)
    return data


@pytest.fixture
def data(history: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(history, copy)
    return copy
