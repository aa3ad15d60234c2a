"""Waiting as an object, so that tests decide when a time-out falls."""

import asyncio
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    def cancel(self) -> None:
        """Forget it; harmless when it has fallen already."""
        ...


class Timers(Protocol):
    def call_later(self, delay_ms: int, callback: Callable[[], None]) -> Timer:
        """Call back once on the event loop, `delay_ms` milliseconds from now."""
        ...


class LoopTimers:
    """The running event loop's own timers."""

    def call_later(self, delay_ms: int, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(delay_ms / 1000, callback)


async def sleep(timers: Timers, delay_ms: int) -> None:
    """Return after `delay_ms`; cancellation takes the timer with it."""
    done = asyncio.get_running_loop().create_future()
    timer = timers.call_later(delay_ms, lambda: None if done.done() else done.set_result(None))
    try:
        await done
    finally:
        timer.cancel()
