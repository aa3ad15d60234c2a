"""Players whose connection was lost a moment ago: whoever comes back of them reconnects, the others left."""

from kibitz.clock import Clock
from kibitz.ids import PlayerId
from kibitz.transport.reasons import DisconnectReason

GRACE_US = 30_000_000
"""As long as a seat waits for its player (docs/protocol.md, `reconnecting`)."""

_LOST = frozenset(
    {
        DisconnectReason.TRANSPORT_CLOSE,
        DisconnectReason.TRANSPORT_ERROR,
        DisconnectReason.PING_TIMEOUT,
        DisconnectReason.SLOW,
    }
)


class Losses:
    """Remembers each for `GRACE_US`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lost_us: dict[PlayerId, int] = {}

    def __len__(self) -> int:
        self._forget()
        return len(self._lost_us)

    def lost(self, player: PlayerId, reason: DisconnectReason) -> None:
        """The last connection of `player` has ended."""
        self._forget()
        if reason in _LOST:
            self._lost_us.pop(player, None)  # newest last
            self._lost_us[player] = self._clock.monotonic_us()

    def is_back(self, player: PlayerId) -> bool:
        """Whether `player`, who connects now, was lost a moment ago. Says so once."""
        self._forget()
        return self._lost_us.pop(player, None) is not None

    def _forget(self) -> None:
        until_us = self._clock.monotonic_us() - GRACE_US
        while self._lost_us:
            player, lost_us = next(iter(self._lost_us.items()))
            if lost_us > until_us:
                return
            del self._lost_us[player]
