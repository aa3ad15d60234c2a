"""Time as an object, so that no part reads the machine's clock by itself and no test sleeps."""

import time
from typing import Protocol


class Clock(Protocol):
    """Two readings: the wall for what is stored and shown, the monotonic one for what is measured."""

    def now_us(self) -> int:
        """Microseconds since 1970 UTC. May jump; never used to measure a duration."""
        ...

    def monotonic_us(self) -> int:
        """Microseconds since an arbitrary instant; never falls."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now_us(self) -> int:
        return time.time_ns() // 1000

    def monotonic_us(self) -> int:
        return time.monotonic_ns() // 1000
