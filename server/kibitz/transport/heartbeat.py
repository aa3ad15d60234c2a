"""One queue of absolute deadlines for all connections, on one timer of the loop.

A connection needs a deadline at almost every moment (the next ping, the pong, the end of a request
head) and nearly none of them ever comes. So a deadline that moves to a later time costs nothing: its
place in the heap stays, and is looked at again when the old time comes.
"""

import asyncio
import heapq
from typing import Protocol

from kibitz.clock import Clock

STALL_US = 500_000
"""A wake-up that late means that the process stood still (suspended, or a blocked loop), not the peers."""
GRACE_S = 0.1
"""After a stall, the time in which input that already waits is read before anybody is timed out."""
_MIN_DELAY_US = 4_000


class Due(Protocol):
    """Something with a deadline."""

    def due(self, now_us: int) -> int | None:
        """The time has come; the result is the next deadline, or None. Microseconds, monotonic."""
        ...


class Deadline:
    """A place in the queue. `at_us` on the monotonic clock."""

    __slots__ = ("at_us", "queued_us", "target")

    def __init__(self, at_us: int, target: Due) -> None:
        self.at_us = at_us
        self.queued_us = at_us
        self.target: Due | None = target


class Deadlines:
    """The queue. Times are microseconds of `clock.monotonic_us`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[int, int, Deadline]] = []
        self._sequence = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handle: asyncio.TimerHandle | None = None
        self._armed_us: int | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake up by `loop` from now on. Without it, `run` is the only thing that moves time (tests)."""
        self._loop = loop
        self._arm()

    def stop(self) -> None:
        """Forget everything."""
        self._heap.clear()
        self._loop = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def add(self, delay_us: int, target: Due) -> Deadline:
        deadline = Deadline(self._clock.monotonic_us() + delay_us, target)
        self._push(deadline)
        return deadline

    def move(self, deadline: Deadline, at_us: int) -> None:
        """Cheap when `at_us` is later than before."""
        deadline.at_us = at_us
        if at_us < deadline.queued_us:
            self._push(deadline)

    def postpone(self, deadline: Deadline, delay_us: int) -> None:
        """As `move`, from now on."""
        self.move(deadline, self._clock.monotonic_us() + delay_us)

    @staticmethod
    def cancel(deadline: Deadline) -> None:
        deadline.target = None

    def is_stalled(self, now_us: int) -> bool:
        """The loop is so late that a missed deadline says nothing about the peer."""
        return self._armed_us is not None and now_us - self._armed_us > STALL_US

    def run(self, now_us: int) -> None:
        """Call `due` of everything whose time has come."""
        heap = self._heap
        while heap and heap[0][0] <= now_us:
            queued_us, _, deadline = heapq.heappop(heap)
            target = deadline.target
            if target is None or queued_us != deadline.queued_us:
                continue
            if deadline.at_us <= now_us:
                next_us = target.due(now_us)
                if next_us is None or deadline.target is None:
                    deadline.target = None
                    continue
                deadline.at_us = next_us
            self._push(deadline)

    def expire_all(self) -> None:
        """Call `due` of everything once, whatever its time: the end has come."""
        now_us = self._clock.monotonic_us()
        for _, _, deadline in list(self._heap):
            if deadline.target is not None:
                deadline.target.due(now_us)

    def __len__(self) -> int:
        return sum(1 for _, _, deadline in self._heap if deadline.target is not None)

    def _push(self, deadline: Deadline) -> None:
        deadline.queued_us = deadline.at_us
        self._sequence += 1
        heapq.heappush(self._heap, (deadline.at_us, self._sequence, deadline))
        if self._armed_us is None or deadline.at_us < self._armed_us:
            self._arm()

    def _arm(self) -> None:
        if self._loop is None or not self._heap:
            return
        if self._handle is not None:
            self._handle.cancel()
        now_us = self._clock.monotonic_us()
        # A floor, so that thousands of pings spread over a second do not wake the loop one by one.
        self._armed_us = max(self._heap[0][0], now_us + _MIN_DELAY_US)
        self._handle = self._loop.call_later((self._armed_us - now_us) / 1e6, self._wake)

    def _wake(self) -> None:
        self._handle = None
        now_us = self._clock.monotonic_us()
        if self.is_stalled(now_us) and self._loop is not None:
            # uvloop runs timers before it reads sockets: without this, a process that was suspended
            # would time out every client whose pong already waits to be read.
            self._armed_us = now_us + int(GRACE_S * 1e6)
            self._handle = self._loop.call_later(GRACE_S, self._wake)
            return
        self._armed_us = None
        try:
            self.run(now_us)
        finally:
            self._arm()
