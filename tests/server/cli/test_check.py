"""`kibitz check` as a process."""

import subprocess
import sys
from pathlib import Path

import pytest

from kibitz.cli import main
from support.processes import environment


def kibitz_check(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kibitz", "check", *arguments]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, cwd="/")


def test_a_game_by_its_folder_or_its_file(tmp_path: Path) -> None:
    assert main(["new", "stones", "--in", str(tmp_path)], {}) == 0
    done = kibitz_check(str(tmp_path / "stones"), "--matches", "20", "--seed", "3", "--seconds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Stones (stones): 2 seats, rules version 1, seed 3\n")
    file = tmp_path / "two.py"
    file.write_text("x = 1")
    refused = kibitz_check(str(file))
    assert refused.returncode == 2
    assert refused.stderr == f"kibitz: the game {file} cannot be loaded: no game is defined in {file}\n"


def test_a_game_by_its_name() -> None:
    done = kibitz_check("connect-four", "--matches", "40", "--seed", "3", "--seconds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    assert said[0] == "Connect Four (connect-four): 2 seats, rules version 1, seed 3"
    assert said[-1].startswith("passed in ")


@pytest.mark.parametrize(
    ("game", "said"),
    [
        ("Leak", "  secrets    FAILED: a leak: the view of "),
        ("SetOrder", "  fold       FAILED: not deterministic: folded in another process"),
        ("DeadEnd", "  dead ends  FAILED: seat "),
    ],
)
def test_a_game_of_another_package_that_fails(game: str, said: str) -> None:
    done = kibitz_check(f"support.planted_games:{game}", "--matches", "50", "--seed", "7")
    assert done.returncode == 1
    assert said in done.stdout
    assert f"\n  kibitz check support.planted_games:{game} --seed 7 --only-match " in done.stdout


@pytest.mark.parametrize(
    ("game", "said"),
    [
        ("chess", "there is no game 'chess'; there are connect-four"),
        ('connect-four --options={"clock":1}', "no options of connect-four: Object contains unknown field"),
        ("nowhere:Game", "nowhere:Game cannot be loaded: ModuleNotFoundError"),
        ("support.planted_games:Cards", "is not a subclass of kibitz.rules.Game"),
    ],
)
def test_a_game_that_is_not_there(game: str, said: str) -> None:
    done = kibitz_check(*game.split(" ", 1))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("kibitz: ")
    assert said in line
