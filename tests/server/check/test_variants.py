from random import Random
from typing import Any

import msgspec

from kibitz.check import variants
from kibitz.games.connect_four import ConnectFour
from kibitz.games.liars_dice import LiarsDice
from support.planted_games import Higher


def test_other_options_are_legal_and_reach_the_ends_of_each_field() -> None:
    drawn = [variants.drawn(LiarsDice(), Random(number)) for number in range(300)]
    options: list[Any] = [msgspec.json.decode(text, type=LiarsDice.options) for text in drawn]
    assert {each.dice for each in options} == {1, 2, 3, 4, 5, 6}
    assert {each.wild_ones for each in options} == {each.spot_on for each in options} == {False, True}
    assert {each.turn_ms for each in options} == {None, 5_000, 60_000, 86_400_000}
    clocks = {variants.drawn(ConnectFour(), Random(number)) for number in range(100)}
    assert {'{"clock_ms": null}', '{"increment_ms": 0}', "{}"} <= clocks


def test_a_game_without_options_has_one_variant() -> None:
    assert {variants.drawn(Higher(), Random(number)) for number in range(20)} == {"{}"}
