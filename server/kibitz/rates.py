"""How often something may be asked: token buckets in a bounded map.

The map is bounded because the keys are chosen by whoever asks: a limiter that grows with them would
be the easier way to exhaust the server.
"""

from collections import OrderedDict
from typing import NamedTuple

from kibitz.clock import Clock


class Rate(NamedTuple):
    """`burst` at once, then `per_second`."""

    per_second: float
    burst: float


class Buckets:
    """One bucket per key; the least recently used are forgotten, which fills them again."""

    def __init__(self, rate: Rate, clock: Clock, *, keys_max: int = 10_000) -> None:
        self._rate = rate
        self._clock = clock
        self._keys_max = keys_max
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wait_ms(self, key: str, cost: float = 1.0) -> int:
        """0 if `cost` is there, else the milliseconds until it will be. Takes nothing."""
        level, at = self._buckets.get(key, (self._rate.burst, 0))
        level += (self._clock.monotonic_us() - at) / 1e6 * self._rate.per_second
        return 0 if level >= cost else max(1, int((cost - level) / self._rate.per_second * 1000))

    def take(self, key: str, cost: float = 1.0) -> int:
        """0 if `cost` was there (it is taken), else the milliseconds until it will be."""
        now = self._clock.monotonic_us()
        level, at = self._buckets.pop(key, (self._rate.burst, now))
        level = min(self._rate.burst, level + (now - at) / 1e6 * self._rate.per_second)
        enough = level >= cost
        self._buckets[key] = (level - cost if enough else level, now)
        if len(self._buckets) > self._keys_max:
            self._buckets.popitem(last=False)
        return 0 if enough else max(1, int((cost - level) / self._rate.per_second * 1000))
