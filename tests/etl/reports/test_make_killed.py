"""A maker killed at any moment leaves the report as it was or as it becomes, and nothing lying about."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kibitz_dashboard.reports.shelf import shelf
from kibitz_etl.paths import Paths
from kibitz_etl.reports.make import KINDS, folder_of, make, make_again
from kibitz_etl.reports.periods import parse
from support.processes import ROOT

WEEK = parse("2026-W47")
TREND = KINDS["trend"]
_DIES = """
import os, pathlib, shutil, signal, sys
from kibitz_etl.paths import Paths
from kibitz_etl.reports.make import KINDS, make
from kibitz_etl.reports.periods import parse
left = int(sys.argv[2])

def dying(called):
    def call(*args, **more):
        global left
        is_file = called.__name__ == "write_bytes"
        left -= not is_file or args[0].name in ("report.html", "kpi.csv", "manifest.json")
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return called(*args, **more)
    return call

for owner, name in ((os, "rename"), (shutil, "rmtree"), (pathlib.Path, "write_bytes")):
    setattr(owner, name, dying(getattr(owner, name)))
make(Paths(pathlib.Path(sys.argv[1])), KINDS["trend"], parse("2026-W47"), dashboard="https://games.example")
"""


def _die_after(data: Path, steps: int) -> bool:
    """Whether it was killed; else it came to its end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "etl")}
    done = subprocess.run([sys.executable, "-c", _DIES, str(data), str(steps)], env=environment, check=False)
    assert done.returncode in (0, -signal.SIGKILL)
    return done.returncode != 0


@pytest.mark.timeout(300)
def test_killed_at_every_step_of_the_file_system(reported: Paths) -> None:
    make(reported, TREND, WEEK, dashboard="https://games.example")
    steps = 0
    while _die_after(reported.data, steps):
        for report in shelf(reported.reports):
            assert not report.faults(), steps
            assert all(report.is_genuine(file.name) for file in report.manifest.files)
        make_again(reported, TREND, WEEK, dashboard="https://games.example")
        names = {folder.name for folder in folder_of(reported, TREND, WEEK).parent.iterdir()}
        assert names == {WEEK.name}, "nothing is left lying about, and nothing was lost"
        steps += 1
    assert steps > 5


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
