"""How well the brain rides, by seeds, and that the same question has the same answer."""

import random

from kibitz.games.light_cycles import (
    COUNTDOWN,
    DIRECTIONS,
    RACING,
    LightCycles,
    Options,
    Race,
    Steer,
    ahead,
)
from kibitz.games.light_cycles_brain import ANSWER_TICKS, ASKED_TICKS, choose
from kibitz.ids import Seat
from kibitz.rules import Chance, Referee, Setup

GAME = LightCycles()
REFEREE = Referee(GAME)
BUDGET_MS = 10


def begun(seats: int) -> Race:
    state = REFEREE.start(Setup(seats, Options(points=1), 1, Seat(0), Chance(bytes(32))))
    while state.phase == COUNTDOWN:
        state = REFEREE.tick(state)
    return state


def steered(state: Race, seat: int, direction: str) -> Race:
    payload = Steer(direction)  # type: ignore[arg-type]
    if REFEREE.judge(state, Seat(seat), "steer", payload) is not None:
        return state
    return REFEREE.apply(state, Seat(seat), "steer", payload)


def free_ways(state: Race, seat: int) -> list[int]:
    rider = state.riders[seat]
    ways = [(rider.direction + turn) % 4 for turn in (0, 1, 3)]
    cells = {way: ahead(rider.head, way, state.width, state.height) for way in ways}
    return [way for way, cell in cells.items() if cell >= 0 and not state.walls[cell]]


def race(seats: int, brains: set[int], seed: int) -> Race:
    """Brains answer `ANSWER_TICKS` after they were asked; the others turn at random, never into a wall."""
    chance = random.Random(seed)
    state = begun(seats)
    due: list[tuple[int, int, str]] = []
    while state.phase == RACING:
        if state.ticks % ASKED_TICKS == 0:
            view = dict(GAME.view(state, None))
            for seat in brains:
                if state.riders[seat].out is None:
                    action, args = choose(view, seat, chance.randrange(100), BUDGET_MS)
                    assert action == "steer"
                    due.append((state.tick + ANSWER_TICKS, seat, args["direction"]))
        for seat in set(range(seats)) - brains:
            ways = free_ways(state, seat)
            if ways and (state.riders[seat].direction not in ways or chance.random() < 0.05):
                state = steered(state, seat, DIRECTIONS[chance.choice(ways)])
        for tick, seat, direction in due:
            if tick == state.tick:
                state = steered(state, seat, direction)
        state = REFEREE.tick(state)
    return state


def test_it_beats_who_only_dodges() -> None:
    winners = [race(2, {1}, seed).round_winner for seed in range(20)]
    assert winners.count(1) >= 2 * winners.count(0)


def test_eight_of_them_ride_for_a_while() -> None:
    state = race(8, set(range(8)), 1)
    assert sum(rider.out is None or rider.out > 80 for rider in state.riders) >= 6


def test_the_same_question_has_the_same_answer() -> None:
    view = dict(GAME.view(begun(4), None))
    answers = {str(choose(view, seat, 7, BUDGET_MS)) for seat in (0, 0, 0)}
    assert len(answers) == 1


def test_its_answer_is_legal() -> None:
    state = begun(3)
    _, args = choose(dict(GAME.view(state, None)), 2, 1, BUDGET_MS)
    assert REFEREE.judge(state, Seat(2), "steer", Steer(args["direction"])) is None
