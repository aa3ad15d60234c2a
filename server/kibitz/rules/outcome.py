"""How a match ended."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from kibitz.ids import Seat

Value: TypeAlias = bool | int | str | Sequence["Value"] | Mapping[str, "Value"] | None
"""What views, outcomes and arguments may hold. Integers within 2^53; keys in ASCII; no floats."""


class Outcome(Struct, frozen=True):
    """`winner` is None for a draw, and where several won; `reason` one lower-case word; `detail` what
    the game adds.

    `winners`, where given, are all who won, as in a team game. `ranks` has the place of each seat, 1
    for the best; equal places are allowed. `scores` has the points of each seat.
    """

    winner: Seat | None
    reason: str
    detail: Mapping[str, Value] = field(default_factory=dict)
    ranks: tuple[int, ...] | None = None
    scores: tuple[int, ...] | None = None
    winners: tuple[Seat, ...] | None = None

    def as_value(self) -> dict[str, Value]:
        """As it is journalled and shown: the details, `winner`, `reason`, and what else is given."""
        value: dict[str, Value] = {**self.detail, "winner": self.winner, "reason": self.reason}
        for name in ("ranks", "scores", "winners"):
            given = getattr(self, name)
            if given is not None:
                value[name] = list(given)
        return value
