"""The frame says what the view says, in few bytes."""

import json
import random
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.client.light_cycles import read_frame
from kibitz.games.light_cycles import DIRECTIONS, LightCycles, Options, Race, Steer
from kibitz.games.light_cycles_frame import RUNS, packed
from kibitz.ids import Seat
from kibitz.rules import Chance, Referee, Setup

REFEREE = Referee(LightCycles())
CASES = Path(__file__).parents[2] / "cases" / "light_cycles_frames.json"


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


def cases() -> list[dict[str, Any]]:
    """Races of which the client must make the same of views and frames: what it is told, tick by tick."""
    made = []
    for seats, seed in ((2, 1), (5, 2), (8, 3)):
        chance, state, steps = random.Random(seed), begun(seats), []
        for tick in range(160):
            seat = Seat(chance.randrange(seats))
            payload = Steer(DIRECTIONS[chance.randrange(4)])  # type: ignore[arg-type]
            if chance.random() < 0.5 and REFEREE.judge(state, seat, "steer", payload) is None:
                state = REFEREE.apply(state, seat, "steer", payload)
            state = REFEREE.tick(state)
            view = REFEREE.game.view(state, None) if tick % 20 == 19 else None
            heads = [[rider.head, len(rider.corners)] for rider in state.riders]
            steps.append({"frame": packed(state).hex(), "heads": heads, "view": view})
        made.append({"view": REFEREE.game.view(begun(seats), None), "steps": steps})
    return made


def test_the_clients_cases_are_what_the_server_packs():
    """To write them anew: `json.dumps(cases(), separators=(",", ":"))`."""
    assert json.loads(CASES.read_text("utf-8")) == cases()
