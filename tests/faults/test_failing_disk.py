"""A whole server whose journal cannot be written: strace makes the system calls of its WAL file fail.

The players see `unavailable` and nothing worse; whatever was acknowledged is there afterwards.
"""

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import history
from support.kill_loop import FaultRun

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

ROOMS = 12


@pytest.fixture
def strace() -> str:
    program = shutil.which("strace")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("strace is missing: install it, CI must not skip this")
        pytest.skip("strace is missing, so no system call can be made to fail")
    return program


@pytest.fixture
def run(tmp_path: Path) -> Iterator[FaultRun]:
    """A data directory that has its files, so that a counted system call is one of the load."""
    run = FaultRun(tmp_path, rooms=ROOMS, seed=7)
    run.server.start()
    run.server.wait_ready()
    assert run.server.stop() == 0
    yield run
    run.close()


def failing(run: FaultRun, strace: str, call: str, what: str) -> tuple[str, ...]:
    wal = run.directory / "data" / "journal.sqlite-wal"
    trace = str(run.directory / "strace.txt")
    return (
        strace,
        "-f",
        "-qq",
        "-o",
        trace,
        "-P",
        str(wal),
        "-e",
        f"trace={call}",
        "-e",
        f"inject={call}:{what}",
    )


def refusals(run: FaultRun) -> Counter[str | None]:
    paths = [path for path in run.histories if path.exists()]
    return Counter(line.code for line in history.read(paths) if line.step == "fail")


@pytest.mark.parametrize("error", ["ENOSPC", pytest.param("EIO", marks=pytest.mark.full)])
def test_writes_that_fail_are_refused_clearly_and_nothing_is_lost(
    run: FaultRun, strace: str, error: str, capsys: pytest.CaptureFixture[str]
):
    run.server.wrapper = failing(run, strace, "pwrite64", f"error={error}:when=400..460")
    run.server.start()
    run.server.wait_ready()
    run.start_players()
    seen_unready = False
    until = time.monotonic() + 40
    while not (seen_unready and refusals(run)["unavailable"]) and time.monotonic() < until:
        run.wait_for_acks(0)
        seen_unready = seen_unready or run.server.status("/readyz") == 503
    assert refusals(run)["unavailable"] > 0, "the failing writes were met"
    assert seen_unready, "whoever watches the server is told"
    run.wait_for_acks(ROOMS * 3, timeout_s=40)
    assert run.server.status("/readyz") == 200
    run.stop_players()
    run.server.stop()
    verdict = run.judge()
    with capsys.disabled():
        print(f"\n{error} at writes: {verdict.summary(0)} {dict(refusals(run))}")
    assert verdict.is_clean, verdict.findings()


@pytest.mark.parametrize("error", ["EIO", pytest.param("ENOSPC", marks=pytest.mark.full)])
def test_a_sync_that_fails_ends_the_server_and_the_next_one_has_everything(
    run: FaultRun, strace: str, error: str, capsys: pytest.CaptureFixture[str]
):
    run.server.wrapper = failing(run, strace, "fdatasync", f"error={error}:when=120+")
    run.server.start()
    run.server.wait_ready()
    run.start_players()
    status = run.server.wait_ended(60)
    assert status not in (0, None), "the server says that it failed"
    assert "Traceback" not in run.server.log_text()
    run.server.wrapper = ()
    run.server.start()
    run.server.wait_ready()
    run.wait_for_acks(ROOMS * 3)
    run.stop_players()
    assert run.server.stop() == 0
    verdict = run.judge()
    with capsys.disabled():
        print(f"\n{error} at syncs: {verdict.summary(1)} exit={status}")
    assert verdict.is_clean, verdict.findings()
