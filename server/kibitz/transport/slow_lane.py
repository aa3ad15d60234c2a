"""Where clients go on that send more than their turn: one after another, for a part of each loop turn.

A connection handles a few messages when bytes come. What is left in its segment waits here, and nothing
more is read from its socket meanwhile, so a flood waits in the kernel of whoever sends it. All floods
together take `SHARE_US` of a loop turn: the others are served between, and where there are none the
floods have it all.
"""

import asyncio
from collections import deque
from typing import Protocol

from kibitz.clock import Clock

SHARE_US = 5_000


class Backlog(Protocol):
    """A connection with messages that wait."""

    def read_on(self) -> bool:
        """Handle a few of them; True if more are left."""
        ...


class SlowLane:
    """The queue of one server, on the running loop."""

    __slots__ = ("_clock", "_is_due", "_waiting")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: deque[Backlog] = deque()
        self._is_due = False

    def enter(self, backlog: Backlog) -> None:
        """It is served in a later turn of the loop, and as long as it has more. At most once at a time."""
        self._waiting.append(backlog)
        self._wake()

    def _wake(self) -> None:
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._serve)

    def _serve(self) -> None:
        self._is_due = False
        until_us = self._clock.monotonic_us() + SHARE_US
        try:
            while self._waiting and self._clock.monotonic_us() < until_us:
                backlog = self._waiting.popleft()
                if backlog.read_on():
                    self._waiting.append(backlog)
        finally:
            if self._waiting:
                self._wake()
