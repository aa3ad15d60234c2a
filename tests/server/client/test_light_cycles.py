"""What a bot of a load sees of Light Cycles, and where it turns."""

from random import Random

import pytest

from kibitz.client.light_cycles import read_frame, turn
from kibitz.games.light_cycles import COUNTDOWN, DIRECTIONS, RACING, LightCycles, Options, Race, Steer
from kibitz.ids import Seat
from kibitz.rules import Chance, Referee, Setup

GAME = LightCycles()
REFEREE = Referee(GAME)


def racing() -> Race:
    state = REFEREE.start(Setup(2, Options(points=1, pace=1), 1, Seat(0), Chance(bytes(32))))
    while state.phase == COUNTDOWN:
        state = REFEREE.tick(state)
    return state


def test_it_rides_on_while_nothing_is_near():
    state = racing()
    assert turn(GAME.view(state, None), GAME.frame(state, None), 0, Random(3)) is None


def test_two_of_them_ride_longer_than_a_straight_line():
    """The view is a second old, as it is on a real connection."""
    state, view, chance = racing(), {}, Random(1)
    ticks = 0
    while state.phase == RACING:
        if ticks % 20 == 0:
            view = GAME.view(state, None)
        for seat in (Seat(0), Seat(1)):
            direction = turn(view, GAME.frame(state, None), seat, chance)
            assert direction is None or direction in DIRECTIONS
            if direction is not None:
                payload = Steer(direction)  # type: ignore[arg-type]
                assert REFEREE.judge(state, seat, "steer", payload) is None
                state = REFEREE.apply(state, seat, "steer", payload)
        state = REFEREE.tick(state)
        ticks += 1
    assert ticks > 80


@pytest.mark.parametrize("data", [b"", b"123", bytes(5), bytes(12)])
def test_what_is_no_frame_is_not_read(data: bytes):
    with pytest.raises(ValueError, match="bytes"):
        read_frame(data)
    assert turn({}, data, 0, Random(1)) is None
