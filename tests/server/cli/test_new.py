"""`kibitz new`: what it makes is a whole game; what is there already is left alone."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kibitz.cli import main
from kibitz.games.registry import load_games

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def new(*arguments: str) -> int:
    return main(["new", *arguments], {})


def files() -> set[str]:
    return {str(path) for path in Path().rglob("*") if path.is_file()}


def test_it_makes_a_package_and_says_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert new("four-corners") == 0
    assert files() == {
        "four-corners/pyproject.toml",
        "four-corners/README.md",
        "four-corners/src/kibitz_four_corners/__init__.py",
        "four-corners/src/kibitz_four_corners/rules.py",
        "four-corners/src/kibitz_four_corners/bot.py",
        "four-corners/tests/test_rules.py",
    }
    assert not any(
        "@" in Path(name).read_text() and "@action" not in Path(name).read_text() for name in files()
    )
    said = capsys.readouterr().out
    for command in ("serve --games four-corners", "check four-corners", "-m pytest four-corners"):
        assert command in said
    game = load_games([], [Path("four-corners")]).games["four-corners"]  # type: ignore[index]
    assert (type(game).__name__, game.title) == ("FourCorners", "Four Corners")
    assert game.view_module is None


def test_its_own_tests_pass_and_it_is_checked() -> None:
    assert new("stones", "--view") == 0
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "stones"],
        env={"PYTHONPATH": str(ROOT / "server"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_it_keeps_the_house_rules() -> None:
    assert new("state", "--view") == 0  # a name that a class of the rules has, too
    for command in (["check", "--select", "E,F,N,UP,B"], ["format", "--check"]):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                command[0],
                "--isolated",
                "--line-length=110",
                *command[1:],
                "state",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    game = load_games([], [Path("state")]).games["state"]  # type: ignore[index]
    assert type(game).__name__ == "StateGame"


def test_a_view_is_made_where_it_is_asked_for() -> None:
    assert new("reversi", "--view", "--in", "games/mine") == 0
    view = Path("games/mine/reversi/src/kibitz_reversi/view.js")
    assert "export function mount(root, host)" in view.read_text()
    game = load_games([], [Path("games/mine/reversi")]).games["reversi"]  # type: ignore[index]
    assert game.view_module == "kibitz_reversi:view.js"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Reversi", "like 'reversi'"),
        ("four_corners", "like 'four-corners'"),
        ("FourCorners", "like 'four-corners'"),
        ("2048", "is no name of a game"),
        ("../reversi", "is no name of a game"),
        ("a" * 41, "at most 40 characters"),
        ("", "is no name of a game"),
        ("connect-four", "there is a game 'connect-four' here already"),
        ("etl", "is taken by Kibitz itself"),
    ],
)
def test_names_that_cannot_be(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert new(name) == 2
    assert said in capsys.readouterr().err
    assert files() == set()


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("reversi").mkdir()
    (Path("reversi") / "notes.txt").write_text("mine")
    assert new("reversi") == 2
    assert "is there already" in capsys.readouterr().err
    assert files() == {"reversi/notes.txt"}


def test_a_place_where_nothing_can_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a-file").write_text("")
    assert new("reversi", "--in", "a-file") == 2
    assert "cannot be made" in capsys.readouterr().err
    assert files() == {"a-file"}
