"""A maker killed at any moment leaves the report as it was or as it becomes, and nothing lying about."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from kibitz_dashboard.reports.shelf import shelf
from kibitz_etl.paths import Paths
from kibitz_etl.reports.make import KINDS, folder_of, make, make_again
from kibitz_etl.reports.periods import parse
from support.processes import ROOT

WEEK = parse("2026-W47")
TREND = KINDS["trend"]
_PAUSES = """
import os, pathlib, shutil, sys
from kibitz_etl.paths import Paths
from kibitz_etl.reports.make import KINDS, make
from kibitz_etl.reports.periods import parse

def pausing(called):
    def call(*args, **more):
        is_file = called.__name__ == "write_bytes"
        if not is_file or args[0].name in ("report.html", "kpi.csv", "manifest.json"):
            print(called.__name__, flush=True)
            sys.stdin.readline()
        return called(*args, **more)
    return call

for owner, name in ((os, "rename"), (shutil, "rmtree"), (pathlib.Path, "write_bytes")):
    setattr(owner, name, pausing(getattr(owner, name)))
make(Paths(pathlib.Path(sys.argv[1])), KINDS["trend"], parse("2026-W47"), dashboard="https://games.example")
"""


@contextmanager
def _steps(data: Path) -> Iterator[tuple[subprocess.Popen[str], Iterator[str]]]:
    """A maker that waits before each step of the file system, and the names of the steps: asking for the
    next one lets it go on."""
    maker = subprocess.Popen(
        [sys.executable, "-c", _PAUSES, str(data)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "etl")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert maker.stdin is not None
    assert maker.stdout is not None

    def steps(go: IO[str], reached: IO[str]) -> Iterator[str]:
        while step := reached.readline():
            yield step.strip()
            go.write("\n")
            go.flush()

    with maker:
        yield maker, steps(maker.stdin, maker.stdout)


def _is_mended(paths: Paths, moment: str) -> None:
    for report in shelf(paths.reports):
        assert not report.faults(), moment
        assert all(report.is_genuine(file.name) for file in report.manifest.files)
    make_again(paths, TREND, WEEK, dashboard="https://games.example")
    names = {folder.name for folder in folder_of(paths, TREND, WEEK).parent.iterdir()}
    assert names == {WEEK.name}, f"nothing is left lying about, and nothing was lost: {moment}"


@pytest.mark.timeout(300)
def test_killed_at_every_step_of_the_file_system(reported: Paths, tmp_path: Path) -> None:
    """Nothing is cleared when a process is killed: what lies there before a step is what a kill leaves."""
    make(reported, TREND, WEEK, dashboard="https://games.example")
    left = []
    with _steps(reported.data) as (maker, steps):
        for number, step in enumerate(steps):
            left.append((Paths(tmp_path / f"left-{number}"), f"before {step}, the step {number}"))
            shutil.copytree(reported.reports, left[-1][0].reports)
    assert maker.returncode == 0
    assert len(left) > 5
    for paths, moment in left:
        _is_mended(paths, moment)


def test_who_is_killed_lets_others_make(reported: Paths) -> None:
    make(reported, TREND, WEEK, dashboard="https://games.example")
    with _steps(reported.data) as (maker, steps):
        assert "rename" in steps
        maker.kill()
    assert maker.returncode == -signal.SIGKILL
    _is_mended(reported, "killed")


def test_what_another_was_killed_over_is_cleared(reported: Paths) -> None:
    """The drafts of other periods too, which nobody may ever make again."""
    root = reported.reports / TREND.id
    make(reported, TREND, parse("2026-W46"), dashboard="https://games.example")
    os.rename(root / "2026-W46", root / ".2026-W46.old")
    for name in (".2026-W45.tmp", ".2019-W01.gone"):
        (root / name).mkdir()
        (root / name / "report.html").write_text("half")
    make(reported, TREND, WEEK, dashboard="https://games.example")
    assert {folder.name for folder in root.iterdir()} == {"2026-W46", "2026-W47"}


def test_two_makers_take_turns(reported: Paths) -> None:
    """By hand beside the schedule: one folder, whole, whoever was last."""
    command = [sys.executable, "-m", "kibitz_etl.reports", "--data", str(reported.data)]
    command += ["--period", WEEK.name, "--report", "trend"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "etl")}
    makers = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [maker.wait(60) for maker in makers] == [0, 0]
    (report,) = shelf(reported.reports)
    assert not report.faults()
    assert all(report.is_genuine(file.name) for file in report.manifest.files)


def test_the_same_bytes_from_another_process(reported: Paths) -> None:
    """Where strings hash otherwise, and sets come in another order."""
    made = []
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-m", "kibitz_etl.reports", "--data", str(reported.data), "--period", WEEK.name],
            env={**os.environ, "PYTHONPATH": str(ROOT / "etl"), "PYTHONHASHSEED": seed},
            check=True,
            timeout=60,
        )
        files = sorted(path for path in reported.reports.rglob("*") if path.is_file())
        made.append([(path.name, path.read_bytes()) for path in files])
    assert made[0] == made[1]
