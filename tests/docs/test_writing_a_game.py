"""The guide's game is run as it is printed, in a real room."""

import random
import re
import sys
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
