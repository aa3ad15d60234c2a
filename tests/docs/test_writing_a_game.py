"""The guide's game is run as it is printed, in a real room."""

import asyncio
import random
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kibitz.ids import GameName, Seat, Version
from kibitz.rooms.answers import Accepted, Refused
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rules import Game
from support.room_house import ANN, BEN, House, Sent, act
from support.running_server import running

GUIDE = Path(__file__).parents[2] / "docs" / "writing-a-game.md"


@pytest.fixture
def game(tmp_path: Path) -> Game[Any]:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    path = tmp_path / "tictactoe.py"
    path.write_text(blocks[0])
    spec = spec_from_file_location("tictactoe_of_the_guide", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    made: Game[Any] = module.TicTacToe()
    return made


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The guide's package as pip would leave it: its module, and its entry points."""
    guide = GUIDE.read_text()
    entries = tomllib.loads(re.findall(r"```toml\n(.*?)```", guide, flags=re.DOTALL)[0])["project"]
    site = tmp_path / "site"
    (site / "my_package").mkdir(parents=True)
    (site / "my_package" / "tictactoe.py").write_text(re.findall(r"```python\n(.*?)```", guide, re.DOTALL)[0])
    info = site / f"my_package-{entries['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: {entries['name']}\nVersion: {entries['version']}\n")
    lines = [f"{name} = {value}" for name, value in entries["entry-points"]["kibitz.games"].items()]
    (info / "entry_points.txt").write_text("\n".join(["[kibitz.games]", *lines]))
    monkeypatch.syspath_prepend(str(site))
    yield
    for name in ("my_package", "my_package.tictactoe"):
        sys.modules.pop(name, None)


async def test_the_package_is_found_and_two_clients_play_it(
    installed: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)[1]
    names: dict[str, Any] = {}
    exec(program.replace("asyncio.run(main(sys.argv[1]))", ""), names)  # noqa: S102 - the page's own text
    async with running(tmp_path / "data") as server:
        status, listed = await server.get("/api/games")
        assert status == 200
        assert "tic-tac-toe" in [each["name"] for each in listed["games"]]
        await asyncio.wait_for(names["main"](server.url), 20)
    assert capsys.readouterr().out == "winner: 0\n"


def test_it_is_as_short_as_it_says(game: Game[Any]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    lines = [line for line in blocks[0].splitlines() if line.strip()]
    assert len(lines) <= 40


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


@pytest.mark.parametrize("seed", range(20))
async def test_random_matches_end_and_come_back(game: Game[Any], seed: int) -> None:
    rng = random.Random(seed)
    house = House(games={GameName(game.name): game})
    room = await house.playing(game=game.name, options=b"{}")
    number = 0
    while room.status is Status.PLAYING:
        number += 1
        await place(room, rng.choice([ANN, BEN]), rng.randrange(9), number)
    found = house.restarted().directory.find(room.room_id)
    assert isinstance(found, Room)
    assert found.view(Seat(0)).json == room.view(Seat(0)).json
