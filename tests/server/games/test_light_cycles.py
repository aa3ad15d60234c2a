"""The rules of Light Cycles: by hand where a cell decides, by chance where they must always hold."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.games.light_cycles import (
    COUNTDOWN,
    COUNTDOWN_TICKS,
    DIRECTIONS,
    FINISHED,
    RACING,
    ROUND_OVER,
    ROUND_OVER_TICKS,
    LightCycles,
    Options,
    Race,
    Rider,
    Steer,
    arena,
    start_of,
)
from kibitz.ids import Seat
from kibitz.rules import Args, Chance, Referee, Setup

GAME = LightCycles()
REFEREE = Referee(GAME)


def begun(seats: int = 2, *, points: int = 3, pace: int = 1, match: int = 1) -> Race:
    options = Options(points=points, pace=pace)
    return REFEREE.start(Setup(seats, options, match, Seat((match - 1) % seats), Chance(bytes(32))))


def ticked(state: Race, ticks: int = 1) -> Race:
    for _ in range(ticks):
        state = REFEREE.tick(state)
    return state


def racing(seats: int = 2, **how: int) -> Race:
    return ticked(begun(seats, **how), COUNTDOWN_TICKS)


def steered(state: Race, seat: int, direction: str) -> Race:
    payload = REFEREE.decode_args("steer", f'{{"direction":"{direction}"}}')
    assert isinstance(payload, Steer)
    assert REFEREE.judge(state, Seat(seat), "steer", payload) is None
    return REFEREE.apply(state, Seat(seat), "steer", payload)


def refused(state: Race, seat: int, direction: str) -> str | None:
    refusal = REFEREE.judge(state, Seat(seat), "steer", Steer(direction))  # type: ignore[arg-type]
    return None if refusal is None else refusal.code


def placed(state: Race, *riders: tuple[int, int, int]) -> Race:
    """The same race with its riders, as (column, row, direction), on an empty arena."""
    walls = bytearray(state.width * state.height)
    made = []
    for seat, (x, y, direction) in enumerate(riders):
        cell = y * state.width + x
        walls[cell] = seat + 1
        made.append(Rider(cell, direction, (cell,)))
    fields = {name: getattr(state, name) for name in state.__struct_fields__}
    return Race(**{**fields, "riders": tuple(made), "walls": bytes(walls)})


def test_the_arena_grows_with_the_seats():
    assert [arena(seats) for seats in (2, 3, 4, 5, 8)] == [(48, 30), (64, 40), (64, 40), (80, 50), (80, 50)]


@pytest.mark.parametrize("seats", range(2, 9))
def test_everybody_starts_on_a_cell_of_their_own_and_pairs_see_the_same(seats: int):
    width, height = arena(seats)
    starts = [start_of(slot, width, height) for slot in range(seats)]
    assert len({cell for cell, _ in starts}) == seats
    for (cell, direction), (other, against) in zip(starts[::2], starts[1::2], strict=False):
        assert other == width * height - 1 - cell
        assert against == (direction + 2) % 4


def test_places_go_round_from_round_to_round_and_match_to_match():
    heads = [rider.head for rider in begun(4).riders]
    again = [rider.head for rider in begun(4, match=2).riders]
    assert again == [*heads[-1:], *heads[:-1]]


def test_nothing_moves_before_the_countdown_is_over():
    state = ticked(begun(), COUNTDOWN_TICKS - 1)
    assert state.phase == COUNTDOWN
    assert [rider.head for rider in state.riders] == [rider.head for rider in begun().riders]
    state = ticked(state)
    assert (state.phase, state.ticks) == (RACING, 0)


@pytest.mark.parametrize("pace", [1, 2, 4])
def test_a_rider_takes_pace_ticks_for_a_cell(pace: int):
    state = racing(pace=pace)
    before = state.riders[0].head
    assert ticked(state, 4 * pace - 1).riders[0].head == before + 3
    assert ticked(state, 4 * pace).riders[0].head == before + 4


def test_a_turn_counts_from_the_next_cell_and_leaves_a_corner():
    state = placed(racing(), (5, 5, 1), (40, 20, 1))
    state = ticked(steered(ticked(state, 2), 0, "up"), 2)
    rider = state.riders[0]
    assert rider.corners == (5 * 48 + 5, 5 * 48 + 7)
    assert rider.head == 3 * 48 + 7
    assert [state.walls[y * 48 + 7] for y in (5, 4, 3, 2)] == [1, 1, 1, 0]


def test_turns_asked_for_together_are_taken_one_after_the_other():
    state = placed(racing(), (5, 5, 1), (40, 20, 1))
    for direction in ("up", "left", "up", "right"):
        state = steered(state, 0, direction)
    assert state.riders[0].turns == (0, 3, 0), "the fourth is one too many"
    assert ticked(state, 3).riders[0].head == 3 * 48 + 4


def test_no_turn_on_the_spot():
    state = placed(racing(), (5, 5, 1), (40, 20, 1))
    assert refused(state, 0, "left") == "game:reverse"
    assert refused(state, 0, "right") is None
    assert steered(state, 0, "right") is state, "it rides there already"
    assert refused(steered(state, 0, "up"), 0, "down") == "game:reverse"
    assert refused(steered(state, 0, "up"), 0, "left") is None


def test_the_edge_takes_a_rider_out_and_the_last_one_has_the_point():
    state = ticked(placed(racing(), (1, 5, 3), (40, 20, 1)), 2)
    assert state.phase == ROUND_OVER
    assert state.round_winner == 1
    assert [rider.points for rider in state.riders] == [0, 1]
    assert state.riders[0].out == 2
    assert refused(state, 0, "up") == "wrong_phase"


@pytest.mark.parametrize(
    "riders",
    [
        pytest.param(((10, 10, 1), (12, 10, 3)), id="the same cell"),
        pytest.param(((10, 10, 1), (11, 10, 3)), id="each other's cell"),
        pytest.param(((0, 10, 3), (47, 10, 1)), id="the edges, at once"),
    ],
)
def test_who_crash_together_leave_a_round_without_a_winner(riders: tuple[tuple[int, int, int], ...]):
    state = ticked(placed(racing(), *riders))
    assert (state.phase, state.round_winner) == (ROUND_OVER, None)
    assert [rider.points for rider in state.riders] == [0, 0]


def test_a_wall_stays_where_its_rider_crashed():
    state = placed(racing(3), (1, 5, 3), (5, 7, 0), (40, 20, 1))
    state = ticked(state, 2)
    assert state.phase == RACING
    assert refused(state, 0, "up") == "game:out"
    state = ticked(steered(state, 1, "left"), 4)
    assert state.riders[1].out == 6, "into what the first one left in its row"


def test_rounds_go_on_to_the_points_that_end_the_match():
    state = begun(points=2)
    for round_number in (1, 2):
        assert (state.phase, state.round) == (COUNTDOWN, round_number)
        state = ticked(state, COUNTDOWN_TICKS)
        state = ticked(placed_keeping_points(state), 2)
        assert state.phase == ROUND_OVER
        state = ticked(state, ROUND_OVER_TICKS)
    assert state.phase == FINISHED
    outcome = GAME.outcome(state)
    assert outcome is not None
    assert (outcome.winner, outcome.reason, outcome.ranks, outcome.scores) == (1, "points", (2, 1), (0, 2))


def placed_keeping_points(state: Race) -> Race:
    fresh = placed(state, (1, 5, 3), (40, 20, 1))
    riders = tuple(
        Rider(new.head, new.direction, new.corners, points=old.points)
        for new, old in zip(fresh.riders, state.riders, strict=True)
    )
    return Race(**{**{name: getattr(fresh, name) for name in fresh.__struct_fields__}, "riders": riders})


def test_too_many_rounds_without_a_winner_end_in_a_draw():
    state = begun(points=1)
    for _ in range(3):
        state = ticked(placed(ticked(state, COUNTDOWN_TICKS), (10, 10, 1), (12, 10, 3)), 1)
        state = ticked(state, ROUND_OVER_TICKS)
    outcome = GAME.outcome(state)
    assert outcome is not None
    assert (outcome.winner, outcome.reason, outcome.ranks) == (None, "rounds", (1, 1))


def test_who_leaves_is_last_whatever_the_points():
    state = racing(3)
    state = REFEREE.forfeit(state, Seat(0))
    assert state.phase == RACING
    state = REFEREE.apply(state, Seat(1), "resign", Args())
    outcome = GAME.outcome(state)
    assert outcome is not None
    assert (outcome.winner, outcome.reason, outcome.ranks) == (2, "resigned", (2, 2, 1))


def test_who_resigned_is_not_there_in_the_next_round():
    state = REFEREE.apply(racing(3), Seat(0), "resign", Args())
    while state.phase != COUNTDOWN:
        state = ticked(state)
    assert state.riders[0].corners == ()
    assert GAME.to_move(state) == (1, 2)
    refusal = REFEREE.judge(state, Seat(0), "resign", Args())
    assert refusal is not None
    assert refusal.code == "game:retired"


def test_the_pause_is_longer_than_a_late_turn():
    assert GAME.late_ticks < ROUND_OVER_TICKS


# ------------------------------------------------------------ always

Turns = Sequence[tuple[int, int, int]]


def ridden(seats: int, pace: int, turns: Turns, ticks: int) -> list[Race]:
    """Every state of a race in which `turns`, as (tick, seat, direction), are tried."""
    state = racing(seats, pace=pace, points=1)
    states = [state]
    for tick in range(ticks):
        for at, number, direction in turns:
            seat, payload = Seat(number % seats), Steer(DIRECTIONS[direction])  # type: ignore[arg-type]
            if at == tick and REFEREE.judge(state, seat, "steer", payload) is None:
                state = REFEREE.apply(state, seat, "steer", payload)
        if REFEREE.outcome(state) is not None:
            break
        state = REFEREE.tick(state)
        states.append(state)
    return states


turns_of_riders = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 7), st.integers(0, 3)), max_size=60)


def cells_of(rider: Rider, width: int) -> list[int]:
    points = [*rider.corners, rider.head]
    cells = list(rider.corners[:1])
    for begin, end in pairwise(points):
        step = (1 if abs(end - begin) < width else width) * (1 if end > begin else -1)
        cells += range(begin + step, end + step, step) if end != begin else []
    return cells


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 8), st.integers(1, 3), turns_of_riders)
def test_walls_are_what_the_corners_say_and_nobody_rides_into_one(seats: int, pace: int, turns: Turns):
    for state in ridden(seats, pace, turns, 140):
        walls = bytearray(state.width * state.height)
        for number, rider in enumerate(state.riders):
            for cell in cells_of(rider, state.width):
                assert walls[cell] == 0, "two walls in one cell"
                walls[cell] = number + 1
        assert bytes(walls) == state.walls


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 8), turns_of_riders, st.randoms(use_true_random=False))
def test_turns_of_different_seats_mean_the_same_in_any_order(seats: int, turns: Turns, random):  # type: ignore[no-untyped-def]
    one_each = list({(at, seat % seats): (at, seat % seats, way) for at, seat, way in turns}.values())
    mixed = one_each.copy()
    random.shuffle(mixed)
    first, second = ridden(seats, 2, one_each, 130), ridden(seats, 2, mixed, 130)
    assert REFEREE.encode_state(first[-1]) == REFEREE.encode_state(second[-1])


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 8), turns_of_riders)
def test_a_state_survives_its_encoding(seats: int, turns: Turns):
    state = ridden(seats, 2, turns, 80)[-1]
    assert REFEREE.decode_state(REFEREE.encode_state(state)) == state
