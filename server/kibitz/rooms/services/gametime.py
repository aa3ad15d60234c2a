"""The time that players' clocks run on: monotonic, and standing still while the process stood still.

A process that was stopped, or a machine that slept, could not take anybody's move meanwhile. Whoever
reads the time often (the directory's heartbeat, each act) notices a long gap, and the gap is left out.
"""

from kibitz.clock import Clock


class GameTime:
    """`pause_limit_ms`: a gap between two readings that is longer counts as this long; 0: no limit."""

    def __init__(self, clock: Clock, pause_limit_ms: int) -> None:
        self._clock = clock
        self._limit_us = pause_limit_ms * 1000
        self._last_us = clock.monotonic_us()
        self._skipped_us = 0

    def now_us(self) -> int:
        """Microseconds since an arbitrary instant, pauses left out; never falls."""
        now = self._clock.monotonic_us()
        gap = now - self._last_us
        if gap > self._limit_us > 0:
            self._skipped_us += gap - self._limit_us
        self._last_us = now
        return now - self._skipped_us

    def as_monotonic_us(self, at_us: int) -> int:
        """The monotonic instant at which this time will be `at_us`, if nothing pauses until then."""
        return at_us + self._skipped_us
