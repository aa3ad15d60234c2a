"""The frame says what the view says, in few bytes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.client.light_cycles import read_frame
from kibitz.games.light_cycles import DIRECTIONS, LightCycles, Options, Race, Steer
from kibitz.games.light_cycles_frame import RUNS, packed
from kibitz.ids import Seat
from kibitz.rules import Chance, Referee, Setup

REFEREE = Referee(LightCycles())


def begun(seats: int) -> Race:
    return REFEREE.start(Setup(seats, Options(pace=1), 1, Seat(0), Chance(bytes(32))))


def test_a_frame_is_4_bytes_and_7_for_each_rider():
    assert [len(packed(begun(seats))) for seats in (2, 8)] == [18, 60]


def test_the_bytes_of_the_beginning():
    assert packed(begun(2)).hex(" ", 1) == "04 00 00 00 01 06 0f 01 00 00 00 03 29 0e 01 00 00 00"


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 8),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3)), max_size=80),
    st.integers(60, 160),
)
def test_what_is_read_is_what_was_packed(seats: int, turns: list[tuple[int, int]], ticks: int):
    state = begun(seats)
    for tick in range(ticks):
        if tick < len(turns):
            seat, payload = Seat(turns[tick][0] % seats), Steer(DIRECTIONS[turns[tick][1]])  # type: ignore[arg-type]
            if REFEREE.judge(state, seat, "steer", payload) is None:
                state = REFEREE.apply(state, seat, "steer", payload)
        if REFEREE.outcome(state) is None:
            state = REFEREE.tick(state)
    seen = read_frame(packed(state))
    assert (seen.phase, seen.round, seen.ticks) == (state.phase, state.round, state.ticks)
    assert seen.round_winner == state.round_winner
    for read, rider in zip(seen.riders, state.riders, strict=True):
        assert (read.y * state.width + read.x, read.direction) == (rider.head, rider.direction)
        assert (read.is_out, read.turns) == (rider.out is not None, rider.turns)
        assert read.corner_count == len(rider.corners)
        assert [y * state.width + x for x, y in read.corners] == list(rider.corners[-RUNS:])
