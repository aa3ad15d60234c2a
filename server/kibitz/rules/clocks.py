"""The declaration of a game's clock. The frame runs it; the rules never read the time.

Time in which the server was down counts against nobody, and what a clock is charged leaves out the
player's measured way to the server and back, within a bound.
"""

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field


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


class PerMove(Struct, frozen=True):
    """Each seat has `limit_ms` whenever it comes to be to move; several may be at once. A phase named
    in `phases_ms` has another limit.

    When a clock falls the frame calls `Game.on_timeout` for that seat.
    """

    limit_ms: int
    phases_ms: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if min((self.limit_ms, *self.phases_ms.values())) <= 0:
            raise ValueError("a clock begins above 0 ms")

    def limit_in(self, phase: str) -> int:
        """The time for a move in this phase, in milliseconds."""
        return self.phases_ms.get(phase, self.limit_ms)


class PerPhase(Struct, frozen=True):
    """One clock for all: a phase named here lasts `limits_ms[phase]` from when it is entered.

    It runs whoever is to move, and begins anew only when the phase is entered from another one, or
    when its own time was over. Then the frame calls `Game.on_phase_over`.
    """

    limits_ms: Mapping[str, int]

    def __post_init__(self) -> None:
        if not self.limits_ms or min(self.limits_ms.values()) <= 0:
            raise ValueError("a clock per phase names phases, each with more than 0 ms")


ClockRule: TypeAlias = PerGame | PerMove | PerPhase | None
"""None: the match is untimed."""
