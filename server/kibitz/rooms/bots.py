"""Seats played by the server: brains think in other processes, within a budget."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from kibitz.ids import Seat
from kibitz.rules import Move

Chosen: TypeAlias = Callable[[Move | None], None]
"""Called on the event loop with the brain's choice; None where it failed or was too slow."""


class BrainPool(Protocol):
    """Where brains think. `ProcessBrains` in production; `InlineBrains` thinks at once, in tests."""

    def think(
        self, brain: str, view: Mapping[str, Any], seat: Seat, seed: int, budget_ms: int, chosen: Chosen
    ) -> None: ...

    def close(self) -> None: ...
