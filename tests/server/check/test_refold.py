"""Folding again: what another process needs, and what it says when it cannot."""

from random import Random
from typing import Any

import pytest

from kibitz.check.findings import CheckFailed, Tally
from kibitz.check.onlookers import Onlookers
from kibitz.check.random_room import RandomRoom
from kibitz.check.refold import Told, digests_of, fold_again, fold_elsewhere, found, source_of
from kibitz.rules import Game
from support.planted_games import Higher


def played(game: Game[Any]) -> Told:
    tally = Tally()
    room = RandomRoom(game, Random(1), tally, length_most=100)
    onlookers = Onlookers(game, room.options, room.seats, tally)
    for step in room.play():
        onlookers.see(step)
    return Told(0, room.seats, "{}", tuple(room.events), tuple(onlookers.digests))


def test_the_same_events_give_the_same_digests() -> None:
    room = played(Higher())
    assert digests_of(Higher(), room) == room.digests
    fold_again(Higher(), room)
    assert fold_elsewhere(Higher(), [room], 30) in ("1", "2")


def test_a_game_that_no_other_process_finds() -> None:
    class Local(Higher):
        name = "local"

    with pytest.raises(CheckFailed, match=r"another process cannot fold .*Local: .*Error"):
        fold_elsewhere(Local(), [played(Local())], 30)


def test_a_game_by_its_source() -> None:
    assert type(found(source_of(Higher()))) is Higher
    with pytest.raises(TypeError, match=r"support\.planted_games:CARDS is not a subclass"):
        found("support.planted_games:CARDS")
