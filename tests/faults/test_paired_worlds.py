"""No byte to a player or spectator tells what is hidden from them, over everything that a server says.

A pair that fails is played again by `compare(range(N, N + 1), directory)`.
"""

from pathlib import Path

import pytest

from kibitz.games.liars_dice_table import Table
from kibitz.ids import Seat
from kibitz.rules import Value
from support.paired_worlds import DealtDice, Leak, compare

EVERYDAY, FULL, AT_ONCE = 40, 10_000, 100


def run(first: int, count: int, directory: Path) -> None:
    texts = size = 0
    for start in range(first, first + count, AT_ONCE):
        part = range(start, min(start + AT_ONCE, first + count))
        some, characters = compare(part, directory)
        texts, size = texts + some, size + characters
        if count > AT_ONCE:
            print(f"{part.stop - first} pairs of matches, {texts:,} texts alike", flush=True)
    print(f"{count} pairs of matches: {texts:,} texts with {size:,} characters, no byte differs")
    assert texts > 20 * count, "hardly anything was said"


def test_hidden_dice_change_nothing_that_is_sent(tmp_path: Path) -> None:
    run(0, EVERYDAY, tmp_path)


@pytest.mark.full
@pytest.mark.timeout(7_200)
def test_hidden_dice_change_nothing_in_ten_thousand_matches(tmp_path: Path) -> None:
    run(100_000, FULL, tmp_path)


class TellsTheirSum(DealtDice):
    """A leak that no single die shows."""

    def view(self, state: Table, seat: Seat | None) -> dict[str, Value]:
        return {**super().view(state, seat), "sum": sum(die for own in state.dice for die in own) % 7}


class RefusesByDice(DealtDice):
    """Whoever asks for a seat to move hears of the dice."""

    def to_move(self, state: Table) -> tuple[Seat, ...]:
        moving = super().to_move(state)
        return moving if state.dice[0][:1] != (6,) else (*moving, Seat(0))


@pytest.mark.parametrize("game", [TellsTheirSum, RefusesByDice])
def test_a_planted_leak_is_found(game: type[DealtDice], tmp_path: Path) -> None:
    with pytest.raises(Leak, match="match"):
        compare(range(8), tmp_path, game)
