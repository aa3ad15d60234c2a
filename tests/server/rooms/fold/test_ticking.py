"""Ticks that were journalled lead where they led when they were played."""

from typing import Any

import msgspec
import pytest

from kibitz.games.light_cycles import LightCycles
from kibitz.ids import Seat
from kibitz.rooms.fold.event_args import TickInput, Ticks
from kibitz.rooms.fold.ticking import TicksFault, acted, played, tick
from kibitz.rules import Chance, Referee, Setup

UP, DOWN, LEFT = (b'{"direction":"%s"}' % word for word in (b"up", b"down", b"left"))
REFEREE: Referee[Any] = Referee(LightCycles())


def begun() -> Any:
    return REFEREE.start(Setup(2, REFEREE.options(b"{}"), 1, Seat(0), Chance(bytes(32))))


def turn(at: int, seat: int, args: bytes) -> TickInput:
    return TickInput(at, Seat(seat), "steer", msgspec.Raw(args))


def test_tick_by_tick_and_all_at_once_are_the_same() -> None:
    inputs = (turn(11, 0, UP), turn(11, 1, DOWN), turn(14, 0, LEFT))
    game = begun()
    for number in range(10, 20):
        game = tick(REFEREE, game, [each for each in inputs if each.tick == number])
    assert played(REFEREE, begun(), Ticks(10, 10, inputs)) == game
    assert played(REFEREE, begun(), Ticks(10, 10)) != game


def test_what_the_rules_are_against_has_no_effect() -> None:
    game = begun()
    nonsense = [
        turn(0, 0, b'{"direction":"nowhere"}'),
        TickInput(0, Seat(0), "fly", msgspec.Raw(b"{}")),
    ]
    assert acted(REFEREE, game, nonsense) == game


@pytest.mark.parametrize("at", [9, 12])
def test_an_action_outside_of_the_ticks_is_a_fault(at: int) -> None:
    with pytest.raises(TicksFault, match=f"tick {at} is not among 2 from 10 on"):
        played(REFEREE, begun(), Ticks(10, 2, (turn(at, 0, UP),)))
