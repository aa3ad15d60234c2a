"""The order of the files: what takes long begins, so that no worker waits for another one at the end."""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more about what else runs on the machine than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

LONG = ("browser", "faults", "clients")
DEFAULT_S = 60.0
FAULTS = Path(__file__).with_name("faults")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with browsers, faults and clients first; among them, those that ask for the longest time.

    What has to be alone stands in tests/faults, where scripts/run_tests.py looks for it.
    """
    for item in items:
        if item.get_closest_marker("alone") is not None and FAULTS not in item.path.parents:
            raise pytest.UsageError(f"{item.nodeid} has to be alone: move it to tests/faults")
    weights: dict[Path, tuple[bool, float]] = defaultdict(lambda: (False, 0.0))
    for item in items:
        is_long = any(item.get_closest_marker(name) is not None for name in LONG)
        weights[item.path] = max(weights[item.path], (is_long, _timeout_s(item)))
    items.sort(key=lambda item: weights[item.path], reverse=True)


def _timeout_s(item: pytest.Item) -> float:
    mark = item.get_closest_marker("timeout")
    return DEFAULT_S if mark is None or not mark.args else float(mark.args[0])
