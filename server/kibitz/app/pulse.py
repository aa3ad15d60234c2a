"""The pulse of the event loop: a timer that looks how late it comes."""

import asyncio
from collections.abc import Callable
from time import perf_counter_ns

from kibitz.metrics.histogram import Histogram

EVERY_MS = 100


class Pulse:
    """From the call until `close`. `step` is called at each beat.

    The loop's timers are exact to a millisecond, and so is the lag that is measured.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, lag: Histogram, step: Callable[[], None]) -> None:
        self._loop = loop
        self._lag = lag
        self._step = step
        self._due_ns = 0
        self._timer = self._next()

    def close(self) -> None:
        self._timer.cancel()

    def _next(self) -> asyncio.TimerHandle:
        self._due_ns = perf_counter_ns() + EVERY_MS * 1_000_000
        return self._loop.call_later(EVERY_MS / 1000, self._beat)

    def _beat(self) -> None:
        self._lag.add(max(0, perf_counter_ns() - self._due_ns))
        self._timer = self._next()
        self._step()
