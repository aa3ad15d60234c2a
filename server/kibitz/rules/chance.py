"""Chance that nobody can foresee and everybody can verify afterwards.

A match has a secret seed of 32 bytes. Before its first number is drawn the players are given
`commitment(seed)`; when the match is over they are given the seed, and can compute every number again.

The number at position p is made of x, the first 8 bytes, big endian, of

    HMAC-SHA256(key = seed, message = "kibitz chance 1" followed by p as 8 bytes, big endian)

For one of n sides, x counts if it is below the largest multiple of n within 2^64, and is x mod n
then; otherwise the next position is tried. Each try takes one position.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import TypeVar

from msgspec import Struct

SEED_BYTES = 32
SIDES_MOST = 2**32
_LABEL = b"kibitz chance 1"
_ALL = 2**64

T = TypeVar("T")


def commitment(seed: bytes) -> str:
    """What is published before the match: SHA-256, in hex, of "kibitz chance 1", a line feed and the seed."""
    return hashlib.sha256(_LABEL + b"\n" + seed).hexdigest()


class Chance(Struct, frozen=True):
    """A value in a game's state, never drawn from twice: keep the one that a draw gives back.

    `position` counts the numbers tried so far.
    """

    seed: bytes
    position: int = 0

    def draw(self, sides: int) -> "tuple[int, Chance]":
        """One of 0 to `sides` - 1, and the chance to draw from next. Raises `ValueError` if `sides` is
        not within 1 to 2^32."""
        if not 1 <= sides <= SIDES_MOST:
            raise ValueError(f"a number of {sides} sides: not within 1 to 2^32")
        bound = _ALL - _ALL % sides
        position = self.position
        while True:
            block = hmac.digest(self.seed, _LABEL + position.to_bytes(8, "big"), "sha256")
            position += 1
            number = int.from_bytes(block[:8], "big")
            if number < bound:
                return number % sides, Chance(self.seed, position)

    def dice(self, count: int, sides: int = 6) -> "tuple[tuple[int, ...], Chance]":
        """`count` numbers from 1 to `sides`, in the order drawn."""
        chance, thrown = self, []
        for _ in range(count):
            number, chance = chance.draw(sides)
            thrown.append(number + 1)
        return tuple(thrown), chance

    def shuffled(self, items: Sequence[T]) -> "tuple[tuple[T, ...], Chance]":
        """`items` in a drawn order (Fisher and Yates, from the last place down to the second)."""
        chance, order = self, list(items)
        for last in range(len(order) - 1, 0, -1):
            chosen, chance = chance.draw(last + 1)
            order[last], order[chosen] = order[chosen], order[last]
        return tuple(order), chance
