"""Seats played by the server: what a room asks of whatever thinks for its bots.

A brain thinks outside the event loop and within a budget; its answer comes back as a callback and
goes the same way as any player's action. A room never waits for it.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from msgspec import Raw, Struct

from kibitz.ids import Seat
from kibitz.rules import Move

Chosen: TypeAlias = Callable[[Move | None], None]
"""Called once, on the event loop, with the brain's choice; None where it failed or was too slow."""


class BrainPool(Protocol):
    """Where brains think. `kibitz.rooms.bots.brains.ProcessBrains` in production."""

    def think(self, brain: str, view: bytes, seat: Seat, seed: int, budget_ms: int, chosen: Chosen) -> None:
        """Ask `brain` (`package.module:function`) for the move of `seat`, which sees `view`, JSON
        text. Never calls `chosen` before it returns."""
        ...


class BotAct(Struct, frozen=True):
    """A bot's action, of the same form as a client's."""

    epoch: str
    id: str
    base: int
    type: str
    args: Raw
