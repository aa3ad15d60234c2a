"""Making rooms; what can be asked of one is tried in test_directory.py."""

from functools import partial
from typing import Any

import pytest

from kibitz.games.connect_four import ConnectFour
from kibitz.ids import GameName
from kibitz.rooms.answers import Refused
from kibitz.rooms.directory.creation import Creation
from kibitz.rooms.guard.guard import Stuck
from support.room_house import ANN, House, asked

FOUR = GameName("connect-four")


@pytest.mark.parametrize("error", [ZeroDivisionError("oh"), Stuck()])
async def test_a_game_that_fails_at_its_options_refuses_the_room(error: BaseException) -> None:
    class Picky(ConnectFour):
        is_picky = False

        def clock(self, options: Any) -> Any:
            if self.is_picky:
                raise error
            return super().clock(options)

    game = Picky()
    house = House(games={FOUR: game})
    game.is_picky = True
    made = await asked(partial(house.directory.create, Creation(FOUR, ANN)))
    assert isinstance(made, Refused)
    assert made.code == "game_fault"
    assert not house.directory.guard.inside
    game.is_picky = False
    assert not isinstance(await asked(partial(house.directory.create, Creation(FOUR, ANN))), Refused)
