"""Long work in short slices, so that a request which costs much costs nobody else a pause."""

import asyncio

from kibitz.clock import Clock

SLICE_US = 2_000
"""Longer than nearly every step of such work takes, shorter than anybody would notice at a move."""


class Pace:
    """One for each piece of work."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends_us = clock.monotonic_us() + SLICE_US

    async def breathe(self) -> None:
        """Between two steps: once a slice is over, a turn of the event loop for everybody else."""
        if self._clock.monotonic_us() > self._ends_us:
            await asyncio.sleep(0)
            self._ends_us = self._clock.monotonic_us() + SLICE_US
