"""How often a player may do what, over all connections of that player together."""

from enum import Enum

from kibitz.clock import Clock
from kibitz.ids import PlayerId
from kibitz.rates import Buckets, Rate


class Group(Enum):
    """Events that share a bucket, and its rate: so many per second, after a burst."""

    ACT = Rate(20, 40)
    JOIN = Rate(4, 20)  # join, leave, resync, rematch
    CHAT = Rate(0.5, 6)
    SMALL = Rate(2, 20)  # features, ping


class PlayerRates:
    """Off lets everything pass: for load tests."""

    def __init__(self, clock: Clock, *, is_on: bool) -> None:
        self._buckets = {group: Buckets(group.value, clock) for group in Group} if is_on else None

    def wait_ms(self, group: Group, player: PlayerId) -> int:
        """0 if the player may, else the milliseconds until it may."""
        return 0 if self._buckets is None else self._buckets[group].take(player)
