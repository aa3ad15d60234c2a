"""The rules, by counts that others published and positions that are known."""

import json

import pytest

from kibitz.games.connect_four import Board, ConnectFour, Drop, Options, winning_line
from kibitz.ids import Seat
from kibitz.rules import Args, Chance, PerGame, Referee, Refusal, Setup
from kibitz.sync.canonical import encode

GAME = ConnectFour()
REFEREE = Referee(GAME)


def begun(first: int = 0) -> Board:
    return REFEREE.start(Setup(2, Options(), 1, Seat(first), Chance(bytes(32))))


def played(columns: str, first: int = 0) -> Board:
    state = begun(first)
    for column in columns:
        seat = state.turn
        assert seat is not None, f"over before {column}"
        assert REFEREE.judge(state, seat, "drop", Drop(int(column))) is None
        state = REFEREE.apply(state, seat, "drop", Drop(int(column)))
    return state


def test_the_number_of_positions_after_each_ply() -> None:
    # OEIS A212693: the number of legal Connect Four positions after n plies.
    positions = {begun()}
    counts = [1]
    for _ in range(5):
        following: dict[tuple[object, ...], Board] = {}
        for state in positions:
            assert state.turn is not None
            for move in REFEREE.legal_moves(state, state.turn):
                after = REFEREE.apply(state, state.turn, "drop", Drop(move.args["column"]))
                following[after.board] = after
        positions = set(following.values())
        counts.append(len(positions))
    assert counts == [1, 7, 49, 238, 1120, 4263]


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ("0101010", [[2, 0], [3, 0], [4, 0], [5, 0]]),
        ("0011223", [[5, 0], [5, 1], [5, 2], [5, 3]]),
        ("01122323363", [[2, 3], [3, 2], [4, 1], [5, 0]]),
        ("65544343303", [[2, 3], [3, 4], [4, 5], [5, 6]]),
    ],
    ids=["upright", "level", "rising", "falling"],
)
def test_four_in_a_line_win(columns: str, line: list[list[int]]) -> None:
    state = played(columns)
    outcome = REFEREE.outcome(state)
    assert outcome is not None
    assert outcome.as_value() == {"winner": 0, "reason": "line", "line": line}
    assert (state.phase, state.turn, GAME.to_move(state)) == ("finished", None, ())


def test_a_line_of_seven_is_one_line() -> None:
    state = played("001122445566")
    state = REFEREE.apply(state, Seat(0), "drop", Drop(3))
    assert state.line == tuple((5, column) for column in range(7))


def test_a_full_board_is_a_draw() -> None:
    # Columns in pairs, so that no four of one colour ever stand in a line.
    state = played("01" * 3 + "10" * 3 + "23" * 3 + "32" * 3 + "45" * 3 + "54" * 3 + "6" * 6)
    outcome = REFEREE.outcome(state)
    assert outcome is not None
    assert (outcome.winner, outcome.reason) == (None, "full")
    assert GAME.view(state, None)["outcome"] == {"winner": None, "reason": "full", "line": None}


def test_a_full_column_is_refused_by_name() -> None:
    state = played("222222")
    refusal = REFEREE.judge(state, Seat(0), "drop", Drop(2))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.message) == ("game:column_full", "Column 3 is full.")
    assert [move.args["column"] for move in REFEREE.legal_moves(state, Seat(0))] == [3, 4, 1, 5, 0, 6]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (lambda state: REFEREE.apply(state, Seat(1), "resign", Args()), "resigned"),
        (lambda state: REFEREE.timeout(state, Seat(1)), "timeout"),
        (lambda state: REFEREE.forfeit(state, Seat(1)), "forfeit"),
    ],
)
def test_other_ends(how: object, reason: str) -> None:
    state = how(played("33"))  # type: ignore[operator]
    outcome = REFEREE.outcome(state)
    assert outcome is not None
    assert (outcome.winner, outcome.reason) == (0, reason)


def test_resigning_out_of_turn_is_allowed_and_never_suggested() -> None:
    state = begun()
    assert REFEREE.judge(state, Seat(1), "resign", Args()) is None
    assert {move.type for move in REFEREE.legal_moves(state, Seat(0))} == {"drop"}


def test_the_view_is_the_contracts() -> None:
    waiting = GAME.waiting_view(Options(), 2)
    assert json.loads(encode(waiting)) == {
        "board": [[None] * 7] * 6,
        "turn": None,
        "phase": "waiting",
        "outcome": None,
        "last": None,
    }
    view = GAME.view(played("34", first=1), Seat(0))
    assert view["last"] == {"row": 5, "column": 4, "seat": 0}
    assert (view["turn"], view["phase"], view["outcome"]) == (1, "playing", None)
    assert encode(view)


def test_the_clock_follows_the_options() -> None:
    assert GAME.clock(Options()) == PerGame(600_000, 5_000)
    assert GAME.clock(Options(None)) is None


def test_no_line_where_there_is_none() -> None:
    assert winning_line(played("012").board, 5, 2) is None
