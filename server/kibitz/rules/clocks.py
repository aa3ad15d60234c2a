"""The declaration of a game's clock. The frame runs it; the rules never read the time."""

from typing import TypeAlias

from msgspec import Struct


class PerGame(Struct, frozen=True):
    """Each seat has `initial_ms` for the whole match and gets `increment_ms` after each own action.

    The clock runs for the one seat to move; it stands while nobody, or more than one seat, is to
    move. When it falls the frame calls `Game.on_timeout`.
    """

    initial_ms: int
    increment_ms: int = 0

    def __post_init__(self) -> None:
        if self.initial_ms <= 0 or self.increment_ms < 0:
            raise ValueError("a clock begins above 0 ms and its increment is not negative")


ClockRule: TypeAlias = PerGame | None
"""None: the match is untimed."""
