"""How well the brain plays, by seeds, and that the same question has the same answer."""

import random

import pytest

from kibitz.games.connect_four import Board, ConnectFour, Drop, Options
from kibitz.games.connect_four_brain import best_column, choose, winning_cells
from kibitz.ids import Seat
from kibitz.rules import Chance, Referee, Setup

GAME = ConnectFour()
REFEREE = Referee(GAME)
SMALL_BUDGET_MS = 20


def begun(first: int = 0) -> Board:
    return REFEREE.start(Setup(2, Options(), 1, Seat(first), Chance(bytes(32))))


def dropped(state: Board, column: int) -> Board:
    assert state.turn is not None
    assert REFEREE.judge(state, state.turn, "drop", Drop(column)) is None
    return REFEREE.apply(state, state.turn, "drop", Drop(column))


def chosen(state: Board, seed: int, budget_ms: int = SMALL_BUDGET_MS) -> int:
    assert state.turn is not None
    name, args = choose(dict(GAME.view(state, state.turn)), state.turn, seed, budget_ms)
    assert name == "drop"
    column = args["column"]
    assert isinstance(column, int)
    return column


def wins_of(state: Board, seat: int) -> set[int]:
    """Columns in which `seat` would win at once, by the rules and not by the brain's own arithmetic."""
    found = set()
    for column in range(7):
        if state.board[0][column] is None:
            tried = REFEREE.apply(
                Board(state.phase, state.board, Seat(seat), state.last), Seat(seat), "drop", Drop(column)
            )
            if tried.winner == seat:
                found.add(column)
    return found


def test_it_beats_random_play() -> None:
    wins = 0
    for seed in range(100):
        rng = random.Random(seed)
        state = begun(seed % 2)
        while state.turn is not None:
            own = state.turn == 0
            state = dropped(
                state,
                chosen(state, seed)
                if own
                else rng.choice([c for c in range(7) if state.board[0][c] is None]),
            )
        wins += state.winner == 0
    assert wins >= 95, f"{wins} of 100"


@pytest.mark.parametrize("seed", range(10))
def test_it_takes_every_win_and_blocks_every_threat(seed: int) -> None:
    rng = random.Random(1_000 + seed)
    tried = 0
    while tried < 20:
        state = begun()
        for _ in range(rng.randrange(6, 36)):
            open_columns = [c for c in range(7) if state.board[0][c] is None]
            if state.turn is None or not open_columns:
                break
            state = dropped(state, rng.choice(open_columns))
        if state.turn is None:
            continue
        own, theirs = wins_of(state, state.turn), wins_of(state, 1 - state.turn)
        if own:
            assert chosen(state, seed, 1) in own
        elif theirs:
            assert chosen(state, seed, 1) in theirs
        else:
            continue
        tried += 1


def test_the_same_question_has_the_same_answer() -> None:
    state = begun()
    for column in (3, 3, 2, 4, 2):
        state = dropped(state, column)
    assert len({chosen(state, 7) for _ in range(5)}) == 1


def test_it_opens_in_the_middle_when_given_time() -> None:
    # The first player wins only by the middle column (Allen and Allis, 1988).
    assert best_column(0, 0, seed=0, nodes=40_000) == 3


def test_it_sees_a_double_threat_coming() -> None:
    # Two of the opponent's stones side by side on the ground, open to both sides: answer beside them.
    state = begun()
    for column in (2, 2, 3):
        state = dropped(state, column)
    assert chosen(state, 0) in {1, 4}


def test_a_full_board_has_no_move() -> None:
    full = sum(((1 << 6) - 1) << (7 * column) for column in range(7))
    with pytest.raises(ValueError, match="no column"):
        best_column(0, full, 0, 10)


def test_lines_do_not_run_from_one_column_into_the_next() -> None:
    # Three stones at the top of the first column, and nothing above them.
    stones = 0b111000
    assert winning_cells(stones, stones) & ~0b000100 == 0
