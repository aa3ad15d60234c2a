"""The guide's games are run as they are printed: loaded, checked, and played in real rooms."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kibitz.games.paths import classes_at
from kibitz.games.registry import load_games
from kibitz.ids import GameName, Seat, Version
from kibitz.rooms.answers import Accepted, Refused
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rules import Game
from support.processes import environment
from support.room_house import ANN, BEN, House, Sent, act
from support.running_server import running

GUIDE = (Path(__file__).parents[2] / "docs" / "writing-a-game.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)
SDK = next(block for block in BLOCKS if "kibitz.client" in block)


def files() -> dict[str, str]:
    """The games by file: each begins with a comment that names its file, or goes on with tictactoe.py."""
    found = {"tictactoe.py": ""}
    for block in BLOCKS:
        named = re.match(r"# (\w+\.py)\n", block)
        if named is not None:
            found[named[1]] = block
        elif block is not SDK:
            found["tictactoe.py"] += block + "\n\n"
    return found


@pytest.fixture
def games(tmp_path: Path) -> Iterator[Path]:
    """A folder with the guide's files; what is imported from it is forgotten again."""
    for name, text in files().items():
        (tmp_path / name).write_text(text)
    path, modules = list(sys.path), set(sys.modules)
    yield tmp_path
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


@pytest.fixture
def game(games: Path) -> Game[Any]:
    return next(found() for _, found in classes_at(games / "tictactoe.py") if found.__name__ == "TicTacToe")


def test_the_page_has_the_games_that_it_tells_of(games: Path) -> None:
    registry = load_games([], [games / name for name in files()])
    assert registry.broken == ()
    assert {
        "tic-tac-toe",
        "readable-tic-tac-toe",
        "timed-tic-tac-toe",
        "tic-tac-toe-with-bots",
        "pig",
        "alone",
        "tug-of-war",
    } <= set(registry.games)


def test_it_is_as_short_as_it_says() -> None:
    assert len([line for line in BLOCKS[0].splitlines() if line.strip()]) <= 40


@pytest.mark.parametrize(
    "game",
    [
        "tictactoe:TicTacToe",
        "tictactoe:ReadableTicTacToe",
        "tictactoe:TimedTicTacToe",
        "tictactoe:TicTacToeWithBots",
        "pig:Pig",
        "alone:Alone",
        "tug:TugOfWar",
    ],
)
def test_every_game_passes_its_check(games: Path, game: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kibitz", "check", game, "--matches", "12", "--seed", "3"],
        cwd=games,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_error_is_the_one_that_the_page_shows(games: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = re.search(r"^    kibitz: The game tictactoe\.py cannot be loaded: (.*)\.$", GUIDE, re.MULTILINE)
    assert shown
    monkeypatch.chdir(games)
    faulty = BLOCKS[0].replace(
        '("playing", "over"), ("playing", FORFEIT)', '("playing", "ovr"), ("playing", FORFEIT)'
    )
    Path("tictactoe.py").write_text(faulty)
    (broken,) = load_games([], [Path("tictactoe.py")]).broken
    assert broken.problem.replace(f"{games}/", "") == shown[1]


async def test_a_server_plays_the_file_and_two_clients_its_match(
    games: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    exec(SDK.replace("asyncio.run(main(sys.argv[1]))", ""), names)  # noqa: S102 - the page's own text
    async with running(tmp_path / "data", games=(games / "tictactoe.py",)) as server:
        status, listed = await server.get("/api/games")
        assert status == 200
        assert "tic-tac-toe" in {each["name"] for each in listed["games"]}
        await asyncio.wait_for(names["main"](server.url), 20)
    assert capsys.readouterr().out == "winner: 0\n"


async def place(room: Room, player: Any, cell: int, number: int) -> Accepted | Refused:
    args = msgspec.Raw(msgspec.json.encode({"cell": cell}))
    return await act(room, player, Sent(room.epoch, f"guide-{number:010}", room.version, "place", args))


async def test_a_match_by_the_guide(game: Game[Any]) -> None:
    house = House(games={GameName(game.name): game})
    room = await house.playing(game=game.name, options=b"{}")
    for number, cell in enumerate((0, 3, 1, 4)):
        assert isinstance(await place(room, (ANN, BEN)[number % 2], cell, number), Accepted)
    taken = await place(room, ANN, 0, 4)
    assert isinstance(taken, Refused)
    assert (taken.code, taken.message) == ("game:taken", "That cell is taken.")
    assert isinstance(await place(room, ANN, 2, 5), Accepted)
    assert room.status is Status.FINISHED
    assert room.view(None).value["winner"] == 0
    assert room.events_after(Version(4), 1, None, None)[0].args is None  # the guide shows no arguments
    found = house.restarted().directory.find(room.room_id)
    assert isinstance(found, Room)
    assert found.view(Seat(0)).json == room.view(Seat(0)).json
