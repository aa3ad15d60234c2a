"""Chance: the numbers that docs/protocol.md promises, computed a second time by other means."""

import hashlib
import hmac
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.rules import Chance, commitment

SEED = bytes(range(32))


def numbers(seed: bytes, sides: int, count: int) -> list[int]:
    """As the documentation says it, with the library's other interface and no bound checks."""
    found, position = [], 0
    while len(found) < count:
        mac = hmac.new(seed, b"kibitz chance 1" + position.to_bytes(8, "big"), hashlib.sha256)
        number = int(mac.hexdigest()[:16], 16)
        position += 1
        if number < 2**64 // sides * sides:
            found.append(number % sides)
    return found


def test_the_first_numbers_of_a_seed_are_these_for_ever() -> None:
    assert commitment(SEED) == hashlib.sha256(b"kibitz chance 1\n" + SEED).hexdigest()
    thrown, chance = Chance(SEED).dice(10)
    assert thrown == tuple(number + 1 for number in numbers(SEED, 6, 10))
    assert chance == Chance(SEED, 10)


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**32), st.integers(1, 20))
def test_any_seed_gives_the_documented_numbers(seed: bytes, sides: int, count: int) -> None:
    chance, drawn = Chance(seed), []
    for _ in range(count):
        number, chance = chance.draw(sides)
        drawn.append(number)
    assert drawn == numbers(seed, sides, count)
    assert chance.position >= count


def test_a_number_that_would_favour_low_sides_is_tried_again() -> None:
    sides = 2**31 + 1  # nothing near half of 2^64 is lost, but some positions must be for some seed
    taken = Chance(SEED)
    for _ in range(2_000):
        number, taken = taken.draw(sides)
        assert 0 <= number < sides
    assert taken.position >= 2_000


@given(st.lists(st.integers(), max_size=30))
def test_a_shuffle_keeps_every_item(items: list[int]) -> None:
    order, chance = Chance(SEED).shuffled(items)
    assert Counter(order) == Counter(items)
    assert chance.position >= max(0, len(items) - 1)


@pytest.mark.parametrize("sides", [0, -1, 2**32 + 1])
def test_a_die_has_sides(sides: int) -> None:
    with pytest.raises(ValueError, match="not within 1 to"):
        Chance(SEED).draw(sides)
