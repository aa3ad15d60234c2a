"""The brain of Liar's Dice: legal, quick, hard to read, and better than those who do not think."""

import time
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from kibitz.games.liars_dice import LiarsDice, Options, Raise
from kibitz.games.liars_dice_brain import choose, weighed
from kibitz.games.liars_dice_table import REVEALED, Table
from kibitz.rules import Args, Chance, Referee, Seat, Setup

GAME = LiarsDice()
REFEREE: Referee[Any] = Referee(GAME)
Answer = tuple[str, dict[str, Any]]
Player = Callable[[Table, Seat, Random], Answer]


def brain(table: Table, seat: Seat, chance: Random) -> Answer:
    return choose(dict(GAME.view(table, seat)), seat, chance.getrandbits(32), 100)


def anything(table: Table, seat: Seat, chance: Random) -> Answer:
    """A type of action by chance, then one of its kind."""
    moves = REFEREE.legal_moves(table, seat)
    kind = chance.choice(sorted({move.type for move in moves}))
    move = chance.choice([move for move in moves if move.type == kind])
    return move.type, move.args


def doubter(table: Table, seat: Seat, chance: Random) -> Answer:
    """Never believes anything."""
    return ("challenge", {}) if table.bids else ("bid", {"count": 1, "face": 2})


def climber(table: Table, seat: Seat, chance: Random) -> Answer:
    """Raises by the least step and calls at half of the dice."""
    bids = [move.args for move in REFEREE.legal_moves(table, seat) if move.type == "bid"]
    least = min(bids, key=lambda args: (args["count"], args["face"]), default=None)
    if least is None or (table.bids and least["count"] > sum(table.counts) / 2.2):
        return "challenge", {}
    return "bid", least


def steady(table: Table, seat: Seat, chance: Random) -> Answer:
    """The brain without its chance: always what it thinks best."""
    best = max(weighed(dict(GAME.view(table, seat)), seat), key=lambda choice: choice.worth)
    return best.type, best.args


def winner(players: list[Player], number: int, **options: Any) -> Seat | None:
    chance = Random(number)
    seats = len(players)
    setup = Setup(seats, Options(**options), 1, Seat(number % seats), Chance(chance.randbytes(32)))
    table: Table = REFEREE.start(setup)
    while REFEREE.outcome(table) is None:
        seat = GAME.to_move(table)[0]
        name, args = ("ready", {}) if table.phase == REVEALED else players[seat](table, seat, chance)
        payload = Raise(**args) if args else Args()
        assert REFEREE.judge(table, seat, name, payload) is None, (name, args)
        table = REFEREE.apply(table, seat, name, payload)
    outcome = REFEREE.outcome(table)
    assert outcome is not None
    return outcome.winner


def wins(player: Player, others: Player, matches: int, seats: int = 2, **options: Any) -> float:
    """The share of matches won by one against such others, sitting at each place in turn."""
    won = 0
    for number in range(matches):
        place = number % seats
        table = [others] * seats
        table[place] = player
        won += winner(table, number, **options) == place
    return won / matches


@pytest.mark.parametrize(
    ("others", "seats", "least"),
    [(anything, 2, 0.95), (anything, 4, 0.85), (doubter, 2, 0.95), (climber, 2, 0.75), (climber, 4, 0.4)],
)
def test_it_beats_who_does_not_think(others: Player, seats: int, least: float) -> None:
    assert wins(brain, others, 60, seats) >= least


@pytest.mark.parametrize("exploiter", [doubter, climber, steady, anything])
def test_no_simple_habit_beats_it(exploiter: Player) -> None:
    """With two at the table, half would be even; three standard errors of 80 matches are 0.17."""
    assert wins(exploiter, brain, 80) <= 0.67


def test_it_plays_spot_on_and_without_wild_ones() -> None:
    assert wins(brain, anything, 40, 3, spot_on=True) >= 0.8
    assert wins(brain, anything, 40, 3, wild_ones=False) >= 0.8


def _view(dice: list[int], bids: list[dict[str, int]], *, seats: int = 2) -> dict[str, Any]:
    return {
        "phase": "bidding",
        "turn": 0,
        "wild_ones": True,
        "spot_on": False,
        "counts": [5] * seats,
        "dice": [dice] + [None] * (seats - 1),
        "bids": bids,
        "places": [None] * seats,
        "round": 1,
    }


def test_it_calls_what_cannot_be_and_believes_what_it_sees() -> None:
    impossible = _view([2, 3, 3, 4, 6], [{"seat": 1, "count": 9, "face": 5}])
    assert {choose(impossible, 0, seed, 100)[0] for seed in range(50)} == {"challenge"}
    certain = _view([5, 5, 1, 4, 6], [{"seat": 1, "count": 3, "face": 5}])
    assert {choose(certain, 0, seed, 100)[0] for seed in range(50)} == {"bid"}


def test_it_bluffs_now_and_then() -> None:
    """Of 1,000 openings some are on a face that it has none of."""
    dice = [2, 2, 3, 4, 6]
    faces = Counter(choose(_view(dice, []), 0, seed, 100)[1]["face"] for seed in range(1_000))
    assert faces[2] > faces[5], "mostly it says what it has"
    assert 10 <= faces[5] <= 350, faces
    assert len({str(choose(_view(dice, []), 0, seed, 100)) for seed in range(200)}) >= 5


def test_the_same_question_has_the_same_answer_in_no_time() -> None:
    view = _view([2, 3, 3, 4, 6], [{"seat": 5, "count": 9, "face": 5}], seats=6)
    view["counts"] = [6] * 6
    assert choose(view, 0, 7, 100) == choose(view, 0, 7, 1)
    began = time.process_time()
    for seed in range(50):
        choose(view, 0, seed, 100)
    assert time.process_time() - began < 1, "20 ms each at most"
