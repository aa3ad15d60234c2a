"""What the HTTP side asks of parts that it may not import; the application hands these in."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """Connections at this moment; `players` counts different people."""

    players: int
    websocket: int
    polling: int


@dataclass(frozen=True, slots=True)
class Live:
    """The server's own state: counts, when it started, whether it drains."""

    counts: Callable[[], LiveCounts]
    is_draining: Callable[[], bool]
    started_at_ms: int
