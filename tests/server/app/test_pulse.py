"""The pulse notices when the event loop stands still."""

import asyncio
import time

from kibitz.app.pulse import EVERY_MS, Pulse
from kibitz.metrics.buckets import bucket_of
from kibitz.metrics.histogram import Histogram


async def test_a_loop_that_stood_still_is_late() -> None:
    lag = Histogram()
    beats = asyncio.Event()
    pulse = Pulse(asyncio.get_running_loop(), lag, beats.set)
    try:
        time.sleep((EVERY_MS + 80) / 1000)  # noqa: ASYNC251  # what is measured is a loop that is held up
        await beats.wait()
    finally:
        pulse.close()
    assert lag.total == 1
    assert sum(lag.counts[bucket_of(70) :]) == 1
