from random import Random

from kibitz.client.strategies import ConnectFourMoves, RandomMoves
from kibitz.client.suggestions import Suggestion
from kibitz.ids import Seat
from support.four_in_a_row import Match

ME, OTHER = Seat(0), Seat(1)


def view(*columns: int) -> dict[str, object]:
    match = Match(first=0)
    for column in columns:
        match.drop(match.turn or 0, column)
    return {"board": match.board(), "turn": match.turn, "outcome": {"winner": 0} if match.is_over else None}


def best(held: dict[str, object], seat: Seat, seed: int) -> object:
    return ConnectFourMoves().suggest(held, seat, Random(seed))[0].args["column"]


def test_it_takes_a_win_before_it_blocks_one():
    both_threaten = view(3, 4, 3, 4, 3, 4)
    assert {best(both_threaten, ME, seed) for seed in range(50)} == {3}


def test_it_blocks():
    assert {best(view(3, 4, 3, 4, 3), OTHER, seed) for seed in range(50)} == {3}


def test_full_columns_are_never_suggested_and_all_others_are():
    held = view(3, 3, 3, 3, 3, 3)
    for seed in range(20):
        columns = [move.args["column"] for move in ConnectFourMoves().suggest(held, ME, Random(seed))]
        assert sorted(columns) == [0, 1, 2, 4, 5, 6]


def test_the_same_seed_suggests_the_same():
    first, second = (ConnectFourMoves().suggest(view(), ME, Random(5)) for _ in range(2))
    assert first == second


def test_whose_turn_it_is_and_when_it_is_over():
    strategy = ConnectFourMoves()
    assert strategy.is_turn(view(), ME)
    assert not strategy.is_turn(view(), OTHER)
    won = view(3, 4, 3, 4, 3, 4, 3)
    assert strategy.is_over(won)
    assert not strategy.is_turn(won, ME)
    assert not strategy.is_turn(None, ME)
    assert not strategy.is_over({"board": [], "turn": None, "outcome": None})


def test_any_game_can_be_played_at_random_from_a_list_of_moves():
    moves = [Suggestion("take", {"stones": n}) for n in (1, 2, 3)]
    suggested = RandomMoves(moves).suggest({"turn": 0, "outcome": None}, ME, Random(1))
    assert sorted(move.args["stones"] for move in suggested) == [1, 2, 3]
