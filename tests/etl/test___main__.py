"""The process: it runs once or until told, one at a time, and ends with its starter."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kibitz_etl.__main__ import main
from kibitz_etl.lock import only_runner
from kibitz_etl.paths import Paths
from support.analytics_journal import JournalFile, at, two_seat_room
from support.processes import environment

DAY = at("2026-11-20 10:00:00")


def wait_for(condition: Callable[[], bool], timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def start(paths: Paths, *arguments: str, **popen: object) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "kibitz_etl", "--data", str(paths.data), *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, **{"env": environment(), **popen})  # type: ignore[call-overload]


def test_once(paths: Paths, journal: JournalFile, capsys: pytest.CaptureFixture[str]) -> None:
    journal.append(two_seat_room("r", DAY))
    assert main(["--data", str(paths.data), "--once"]) == 0
    assert "Loaded 7 events; published mart 1." in capsys.readouterr().err
    assert main(["--data", str(paths.data), "--rebuild"]) == 0


def test_once_without_a_journal_says_so(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(paths.data), "--once"]) == 1
    assert "There is no journal at" in capsys.readouterr().err


def test_a_second_one_leaves_with_one_sentence(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    with only_runner(paths.lock):
        assert main(["--data", str(paths.data)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("kibitz etl: An ETL already runs on")
    assert said.count("\n") == 1


@pytest.mark.parametrize("interval", ["0", "-1", "nan", "soon"])
def test_nonsense_intervals_are_refused(tmp_path: Path, interval: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--data", str(tmp_path), f"--interval-s={interval}"])
    assert refused.value.code == 2


def test_it_follows_the_journal_until_sigterm(paths: Paths, journal: JournalFile) -> None:
    with start(paths, "--interval-s", "0.2") as process:
        journal.append(two_seat_room("r", DAY))
        wait_for(
            lambda: paths.pointer.exists() and json.loads(paths.pointer.read_text())["watermark_seq"] == 7
        )
        journal.append(two_seat_room("s", DAY))
        wait_for(lambda: json.loads(paths.pointer.read_text())["watermark_seq"] == 14)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert time.monotonic() - began < 2


def test_it_ends_with_its_starter(paths: Paths) -> None:
    ours, theirs = os.pipe()
    process = start(paths, env=environment(KIBITZ_PARENT_FD=str(ours)), pass_fds=(ours,))
    os.close(ours)
    with process:
        wait_for(paths.pointer.exists)
        os.close(theirs)
        assert process.wait(5) == 0
