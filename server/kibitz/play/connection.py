"""One player's connection, as the application keeps it beside the transport's socket."""

from kibitz.ids import PlayerId
from kibitz.play.table import Member

GARBAGE_MAX = 10
ROOMS_MAX = 16


class PlayerConnection:
    """`members` by room id; `garbage` counts messages that no contract knows, `acts` actions that reached a
    room. `is_return` where it took up a lost connection of the same player."""

    __slots__ = (
        "acts",
        "first_transport",
        "garbage",
        "is_return",
        "latency_ms",
        "members",
        "opened_us",
        "player",
        "transport",
    )

    def __init__(self, player: PlayerId, transport: str, opened_us: int, *, is_return: bool = False) -> None:
        self.player = player
        self.opened_us = opened_us
        self.first_transport = transport
        self.is_return = is_return
        self.acts = 0
        self.members: dict[str, Member] = {}
        self.garbage = 0
        self.latency_ms: int | None = None
        self.transport = transport

    def is_news(self, latency_ms: int | None, transport: str) -> bool:
        """Whether a measurement differs enough from the last one to be told; remembers it if so."""
        before = self.latency_ms
        if transport == self.transport and latency_ms is not None and before is not None:
            if abs(latency_ms - before) <= max(10, before // 4):
                return False
        elif transport == self.transport and latency_ms is before:
            return False
        self.latency_ms, self.transport = latency_ms, transport
        return True
