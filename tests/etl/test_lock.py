"""One runner per data directory."""

import os
from pathlib import Path

import pytest

from kibitz_etl.errors import AlreadyRunning
from kibitz_etl.lock import only_runner


def test_a_second_runner_is_told_who_has_it(tmp_path: Path) -> None:
    lock = tmp_path / "data" / "etl.lock"
    with only_runner(lock), pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"), only_runner(lock):
        pass
    with only_runner(lock):
        pass
