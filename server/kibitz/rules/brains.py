"""The interface of a bot's brain."""

from typing import Any, Protocol


class Brain(Protocol):
    """A pure module-level function, run in another process and found there by its name.

    It sees only what its seat may see. The same arguments give the same choice; `budget_ms` is how
    long it may think, and it bounds itself by counting nodes, not by reading a clock. Returns the
    action's name and its arguments.
    """

    def __call__(
        self, view: dict[str, Any], seat: int, seed: int, budget_ms: int
    ) -> tuple[str, dict[str, Any]]: ...
