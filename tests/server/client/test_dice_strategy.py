"""Bots of a load at Liar's Dice: every first suggestion is legal, and matches come to their end."""

import json
from random import Random
from typing import Any

from kibitz.client.dice_strategy import DiceMoves
from kibitz.games.liars_dice import LiarsDice, Options
from kibitz.rules import Chance, Move, Referee, Seat, Setup

GAME = LiarsDice()
REFEREE: Referee[Any] = Referee(GAME)
STRATEGY = DiceMoves()


def test_matches_are_played_to_their_end_by_legal_actions() -> None:
    for number in range(12):
        chance, seats = Random(number), 2 + number % 5
        setup = Setup(seats, Options(), 1, Seat(0), Chance(chance.randbytes(32)))
        state = REFEREE.start(setup)
        while REFEREE.outcome(state) is None:
            moving = [
                seat for seat in range(seats) if STRATEGY.is_turn(GAME.view(state, Seat(seat)), Seat(seat))
            ]
            assert tuple(moving) == GAME.to_move(state)
            seat = Seat(moving[0])
            first = STRATEGY.suggest(GAME.view(state, seat), seat, chance)[0]
            assert REFEREE.is_legal(state, seat, Move(first.type, first.args)), first
            payload = REFEREE.decode_args(first.type, json.dumps(first.args))
            state = REFEREE.apply(state, seat, first.type, payload)  # type: ignore[arg-type]
        assert STRATEGY.is_over(GAME.view(state, None))
        assert not STRATEGY.is_turn(GAME.view(state, Seat(0)), Seat(0))


def test_what_is_no_view_is_nobody_s_turn() -> None:
    assert not STRATEGY.is_turn(None, Seat(0))
    assert not STRATEGY.is_turn({"waiting": None, "turn": None}, Seat(0))
    assert STRATEGY.suggest(None, Seat(0), Random(1)) == []
