"""How a match ended."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from kibitz.ids import Seat

Value: TypeAlias = bool | int | str | Sequence["Value"] | Mapping[str, "Value"] | None
"""What views, outcomes and arguments may hold. Integers within 2^53; keys in ASCII; no floats."""


class Outcome(Struct, frozen=True):
    """`winner` is None for a draw; `reason` one lower-case word; `detail` what the game adds.

    `ranks`, where given, has the place of each seat, 1 for the best; equal places are allowed.
    """

    winner: Seat | None
    reason: str
    detail: Mapping[str, Value] = field(default_factory=dict)
    ranks: tuple[int, ...] | None = None

    def as_value(self) -> dict[str, Value]:
        """As it is journalled and shown: `winner`, `reason`, `ranks` if any, and the details."""
        value: dict[str, Value] = {**self.detail, "winner": self.winner, "reason": self.reason}
        if self.ranks is not None:
            value["ranks"] = list(self.ranks)
        return value
