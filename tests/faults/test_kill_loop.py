"""SIGKILL at random moments under load; then a judge that shares no code with the server."""

from pathlib import Path

import pytest

from support.kill_loop import kill_loop

pytestmark = pytest.mark.faults


def _run(directory: Path, kills: int, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    verdict = kill_loop(directory, kills=kills, rooms=24, seed=seed)
    with capsys.disabled():
        print(f"\n{verdict.summary(kills)} seed={seed}")
    assert verdict.is_clean, verdict.findings()
    assert verdict.acked > kills * 5, "the load was real"


@pytest.mark.timeout(180)
def test_twenty_kills_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    _run(tmp_path, 20, 20, capsys)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_a_hundred_kills_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    _run(tmp_path, 100, 100, capsys)
