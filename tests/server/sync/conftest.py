"""The cases shared with the players' client, read once."""

import json
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parents[2] / "cases" / "sync"


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CASES / name).read_text(encoding="utf-8"))
    return loaded


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `cases("patch.json", "apply")` runs once per case, as its argument `case`."""
    marker = metafunc.definition.get_closest_marker("cases")
    if marker is not None:
        name, key = marker.args
        cases = load(name)[key]
        metafunc.parametrize("case", cases, ids=[case["name"] for case in cases])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cases(file, key): runs once per shared case")
