"""Which tick a match in real time is at, from the frames that arrive."""

from kibitz.clock import Clock

WINDOW_US = 4_000_000
"""So long the quickest frame counts: long enough for jitter, short enough to follow a change of route."""
PAUSE_US = 1_000_000
"""So long without a frame, and the match stood still: afterwards ticks fall at other times."""
TRIP_WEIGHT = 0.2


class TickClock:
    """`trip_ms` is the smoothed round trip of what is asked and answered; None before the first."""

    def __init__(self, clock: Clock, per_second: int = 20) -> None:
        self.trip_ms: float | None = None
        self.newest = -1
        self._clock = clock
        self._period_us = 1_000_000 / per_second
        self._epoch = ""
        self._arrivals: list[tuple[int, float]] = []

    def heard(self, epoch: str, tick: int) -> bool:
        """A frame came. False: it is older than one that came before, and says nothing."""
        at_us = self._clock.monotonic_us()
        back = self.newest - tick
        if epoch != self._epoch or back * self._period_us > PAUSE_US:
            self._arrivals.clear()
        elif back >= 0:
            return False
        self._epoch, self.newest = epoch, tick
        if self._arrivals and at_us - self._arrivals[-1][0] > PAUSE_US:
            self._arrivals.clear()
        self._arrivals = [each for each in self._arrivals if at_us - each[0] < WINDOW_US]
        self._arrivals.append((at_us, at_us - tick * self._period_us))
        return True

    def measured(self, trip_us: int) -> None:
        """A question took so long to be answered."""
        trip_ms = trip_us / 1000
        before = self.trip_ms
        self.trip_ms = trip_ms if before is None else before + (trip_ms - before) * TRIP_WEIGHT

    def arriving(self) -> float | None:
        """The tick whose frame arrives about now; None before the first frame."""
        if not self._arrivals:
            return None
        return (self._clock.monotonic_us() - min(origin for _, origin in self._arrivals)) / self._period_us

    def now(self) -> int | None:
        """The tick at which the server is about now: what is done now is seen to happen there."""
        arriving = self.arriving()
        if arriving is None:
            return None
        return int(arriving + (self.trip_ms or 0.0) * 500 / self._period_us)
