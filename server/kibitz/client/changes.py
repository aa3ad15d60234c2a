"""Waiting for a condition that other code makes true."""

import asyncio
from collections.abc import Callable

from kibitz.client.timers import Timers


class Changes:
    """`announce` after every change; whoever waits then looks again."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._waiting: list[asyncio.Future[None]] = []

    def announce(self) -> None:
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.done():
                each.set_result(None)

    async def until(self, condition: Callable[[], bool], timeout_ms: int | None) -> None:
        """Return as soon as `condition()` holds; what it raises is raised here. Raises `TimeoutError`."""
        is_late = False

        def fall() -> None:
            nonlocal is_late
            is_late = True
            self.announce()

        timer = None if timeout_ms is None else self._timers.call_later(timeout_ms, fall)
        try:
            while not condition():
                if is_late:
                    raise TimeoutError(f"nothing of that happened within {timeout_ms} ms")
                change = asyncio.get_running_loop().create_future()
                self._waiting.append(change)
                await change
        finally:
            if timer is not None:
                timer.cancel()
