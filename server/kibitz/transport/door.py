"""How fast new websocket sessions are let in: a few in each tick, the others wait in order.

After a restart all clients come at once. If every handshake were answered as it comes, all would be half way
in for as long as the last one takes, and whoever gives up meanwhile comes again. Let in a few at a time, the
first are back at once, and what a loaded loop cannot do it does not begin: its ticks come later, so it lets
in fewer.
"""

from collections import deque
from typing import Protocol

from kibitz.transport.heartbeat import Deadline, Deadlines

TICK_US = 10_000


class Guest(Protocol):
    """Somebody who waits."""

    def let_in(self) -> bool:
        """False if nobody is there any more, so that the next one may come in instead."""
        ...


class Door:
    """`per_tick` of 10 ms; None lets everybody in. At most `waiting_max` wait."""

    __slots__ = ("_deadline", "_deadlines", "_left", "_per_tick", "_waiting", "_waiting_max")

    def __init__(self, per_tick: int | None, waiting_max: int, deadlines: Deadlines) -> None:
        self._per_tick = per_tick
        self._waiting_max = waiting_max
        self._deadlines = deadlines
        self._left = per_tick or 0
        self._waiting: deque[Guest] = deque()
        self._deadline: Deadline | None = None

    @property
    def is_full(self) -> bool:
        """Nobody else may wait."""
        return len(self._waiting) >= self._waiting_max

    def enter(self, guest: Guest) -> bool:
        """True if it may come in now; otherwise its `let_in` is called when it may."""
        if self._per_tick is None:
            return True
        if self._deadline is None:
            self._deadline = self._deadlines.add(TICK_US, self)
        if self._left and not self._waiting:
            self._left -= 1
            return True
        self._waiting.append(guest)
        return False

    def due(self, now_us: int) -> int | None:
        self._left = self._per_tick or 0
        is_idle = not self._waiting
        while self._left and self._waiting:
            if self._waiting.popleft().let_in():
                self._left -= 1
        if is_idle:
            self._deadline = None
            return None
        return now_us + TICK_US
