"""One player's connection, as the application keeps it beside the transport's socket."""

from kibitz.ids import PlayerId
from kibitz.play.table import Member

GARBAGE_MAX = 10
IDLE_US = 30 * 60 * 1_000_000
"""So long without a sign of the player ends a session, though the connection goes on."""
ROOMS_MAX = 16


class PlayerConnection:
    """`members` by room id; `garbage` counts messages that no contract knows, `acts` actions that reached a
    room. `is_return` where it took up a lost connection of the same player. `opened_us` is when its session
    began, by the wall; `active_us` when the player last did something on it, by the monotonic clock."""

    __slots__ = (
        "active_us",
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

    def __init__(
        self, player: PlayerId, transport: str, opened_us: int, active_us: int, *, is_return: bool = False
    ) -> None:
        self.player = player
        self.opened_us = opened_us
        self.active_us = active_us
        self.first_transport = transport
        self.is_return = is_return
        self.acts = 0
        self.members: dict[str, Member] = {}
        self.garbage = 0
        self.latency_ms: int | None = None
        self.transport = transport

    def idle_us(self, monotonic_us: int) -> int:
        """How long nothing came, where that is too long for one session; else 0."""
        idle_us = monotonic_us - self.active_us
        return idle_us if idle_us > IDLE_US else 0

    def begin_again(self, opened_us: int) -> None:
        """Another session on the same connection."""
        self.opened_us = opened_us
        self.is_return = False
        self.acts = 0

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
