"""One tick after the other: the same for live play and for the fold of what was played."""

from collections.abc import Iterable
from typing import Any

from kibitz.rooms.fold.event_args import TickInput, Ticks
from kibitz.rules import Referee, Refusal, State


class TicksFault(RuntimeError):
    """Ticks that do not follow from what was before them."""


def acted(referee: Referee[Any], game: State, inputs: Iterable[TickInput]) -> State:
    """The state after actions of one tick, in this order. What the rules have something against has no
    effect; after the end of the match nothing has."""
    for done in inputs:
        payload = referee.decode_args(done.type, done.args)
        if not isinstance(payload, Refusal) and referee.judge(game, done.seat, done.type, payload) is None:
            game = referee.apply(game, done.seat, done.type, payload)
    return game


def tick(referee: Referee[Any], game: State, inputs: Iterable[TickInput]) -> State:
    """The state one tick later: first the actions done in it, then time, in the phases that it moves on."""
    game = acted(referee, game, inputs)
    return referee.tick(game) if referee.ticks(game.phase) else game


def played(referee: Referee[Any], game: State, ticks: Ticks) -> State:
    """The state after all of `ticks`. Raises `TicksFault` if an action lies outside of them."""
    by_tick: dict[int, list[TickInput]] = {}
    for each in ticks.inputs:
        if not 0 <= each.tick - ticks.first < ticks.count:
            raise TicksFault(f"tick {each.tick} is not among {ticks.count} from {ticks.first} on")
        by_tick.setdefault(each.tick, []).append(each)
    for number in range(ticks.first, ticks.first + ticks.count):
        game = tick(referee, game, by_tick.get(number, ()))
    return game
