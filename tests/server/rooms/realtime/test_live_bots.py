"""Brains in real time: for bots, and for whoever is away."""

import pytest

from kibitz.games.light_cycles import LightCycles, Race
from kibitz.ids import Seat
from kibitz.rooms.fold.lifecycle import Status
from support.arena import GAME, Arena, Brains, finished, ticks_of
from support.manual_clock import ManualClock
from support.room_house import BEN, EVE, count_entropy


async def test_a_brain_rides_for_whoever_is_away_until_they_are_back():
    brains = Brains("down")
    arena = Arena(brains=brains)
    room = await arena.started()
    await arena.tick(65)
    assert brains.seats == []
    arena.disconnect(room, BEN)
    await arena.tick(10)
    assert set(brains.seats) == {1}
    assert room.presence.seats()[1].is_substituted
    arena.connect(room, BEN, 1)
    await arena.quiet()
    asked_so_far = len(brains.seats)
    await arena.tick(10)
    assert len(brains.seats) == asked_so_far
    assert not room.presence.seats()[1].is_substituted
    await arena.tick(20)
    inputs = [each for row in ticks_of(arena.events(room)) for each in row["inputs"]]
    assert [each[1:] for each in inputs] == [[1, "steer", {"direction": "down"}, None, None]]


async def test_a_bots_turns_are_journalled_as_its_own():
    arena = Arena(brains=Brains("down"))
    room = await arena.started(bots=1)
    await arena.tick(100)
    inputs = [each for row in ticks_of(arena.events(room)) for each in row["inputs"]]
    assert inputs
    assert {(each[1], each[4]) for each in inputs} == {(1, room.players[1])}


async def test_a_game_that_fails_for_its_bots_stops_its_room_alone():
    class Confused(LightCycles):
        name = "confused-cycles"

        def to_move(self, state: Race) -> tuple[Seat, ...]:
            if state.tick == 8 and state.points_to_win == 2:
                raise RuntimeError("who?")
            return super().to_move(state)

    arena = Arena(games={GAME: Confused()})
    broken = await arena.started(bots=1, options=b'{"points":2}')
    sound = await arena.started(bots=1)
    await arena.tick(40)
    assert (broken.status, sound.status) == (Status.FAULTED, Status.PLAYING)


@pytest.mark.parametrize("seats", [2, 8])
async def test_a_whole_match_of_bots_folds_to_the_same(seats: int):
    arena = Arena(entropy=count_entropy(), clock=ManualClock())
    room = await arena.started(seats=seats, bots=seats)
    arena.connect(room, EVE, None)
    await finished(arena, room, 2_000)
    assert arena.folded(room)
