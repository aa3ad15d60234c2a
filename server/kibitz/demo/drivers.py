"""Who plays the matches of the demo: quick, legal and of mixed strength, not good."""

from importlib import import_module
from random import Random
from typing import Any

from kibitz.games.light_cycles import DIRECTIONS, Race, Rider, ahead
from kibitz.ids import Seat
from kibitz.rules import Move, Referee, State

_CLEVER = 0.6
"""How often a brain is asked where a random move would do, too."""
_SEEN = 7
"""So many cells ahead a rider looks."""
_WHIM = 0.025
_RANDOM_IS_PLAUSIBLE = frozenset({"connect-four"})
"""Elsewhere a random legal move is nothing that anybody would do."""


def next_move(referee: Referee[Any], state: State, seat: Seat, rng: Random) -> Move | None:
    """What `seat` does in its turn; None where it knows nothing legal."""
    game = referee.game
    is_random = game.brain is None or (game.name in _RANDOM_IS_PLAUSIBLE and rng.random() > _CLEVER)
    if not is_random and game.brain is not None:
        module, _, name = game.brain.partition(":")
        view = dict(game.view(state, seat))
        kind, args = getattr(import_module(module), name)(view, seat, rng.getrandbits(31), 0)
        return Move(kind, args)
    moves = referee.legal_moves(state, seat)
    return rng.choice(moves) if moves else None


def steering(race: Race, seat: Seat, rng: Random) -> str | None:
    """The direction that a rider turns to now; None: straight on."""
    rider = race.riders[seat]
    if rider.out is not None or rider.turns or race.phase != "racing":
        return None
    straight = _free(race, rider, rider.direction)
    if straight > 1 and rng.random() > _WHIM:
        return None
    left, right = (rider.direction + 3) % 4, (rider.direction + 1) % 4
    rooms = [(_free(race, rider, way), rng.random(), way) for way in (left, right)]
    room, _, way = max(rooms)
    # Somebody who looks the other way for a moment rides into the wall.
    return DIRECTIONS[way] if room > 0 and (straight > 0 or rng.random() > 0.12) else None


def _free(race: Race, rider: Rider, way: int) -> int:
    cell, free = rider.head, 0
    while free < _SEEN:
        cell = ahead(cell, way, race.width, race.height)
        if cell < 0 or race.walls[cell]:
            break
        free += 1
    return free
