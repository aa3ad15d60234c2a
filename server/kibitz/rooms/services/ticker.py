"""One timer for all rooms that play in real time: their ticks fall due by the monotonic clock, without drift.

Rooms begin at different instants, rounded to slots, so that their ticks are spread over the period and
yet few wake-ups serve many rooms. Who is woken too late catches up, but not for ever: beyond
`CATCH_UP_MOST` ticks the time is left out, as if the process had stood still.
"""

import heapq
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from kibitz.clock import Clock

SLOT_US = 5_000
CATCH_UP_MOST = 5
SAMPLES = 4_096

Later: TypeAlias = Callable[[float, Callable[[], None]], object]
"""Runs a callable after that many seconds, on the loop (`loop.call_later`)."""


class Beat:
    """The ticks of one room, from `begin` until `end`. Made by `Ticker.begin`."""

    __slots__ = ("base_us", "count", "do", "is_over", "per_second")

    def __init__(self, base_us: int, per_second: int, do: Callable[[int], None]) -> None:
        self.base_us = base_us
        self.per_second = per_second
        self.do = do
        self.count = 0
        self.is_over = False

    @property
    def due_us(self) -> int:
        """When the next tick is due."""
        return self.base_us - (-(self.count + 1) * 1_000_000 // self.per_second)

    def end(self) -> None:
        self.is_over = True


class Ticker:
    """`later` None: nobody wakes it, `wake` is called by hand."""

    def __init__(self, clock: Clock, later: Later | None) -> None:
        self._clock = clock
        self._later = later
        self._heap: list[tuple[int, int, Beat]] = []
        self._made = 0
        self._armed_us: int | None = None
        self._late_us: list[int] = []
        self._next_sample = 0
        self.ticks = 0
        """How many ticks were done."""
        self.left_out = 0
        """How many were due and never done, because the process was woken too late."""

    def begin(self, per_second: int, do: Callable[[int], None], *, in_ms: int = 0) -> Beat:
        """Have `do` called with the number of ticks that are due, mostly one, from `in_ms` on. It may
        `end` its beat, and must not raise."""
        start_us = self._clock.monotonic_us() + in_ms * 1000
        beat = Beat(-(-start_us // SLOT_US) * SLOT_US, per_second, do)
        self._push(beat)
        self._arm()
        return beat

    def wake(self) -> None:
        """Do what is due."""
        self._armed_us = None
        now_us = self._clock.monotonic_us()
        while self._heap and self._heap[0][0] <= now_us:
            due_us, _, beat = heapq.heappop(self._heap)
            if beat.is_over:
                continue
            self._sample(now_us - due_us)
            behind = (now_us - beat.base_us) * beat.per_second // 1_000_000 - beat.count
            if behind > CATCH_UP_MOST:
                skipped = behind - CATCH_UP_MOST
                self.left_out += skipped
                beat.base_us += skipped * 1_000_000 // beat.per_second
                behind = CATCH_UP_MOST
            beat.count += behind
            self.ticks += behind
            beat.do(behind)
            if not beat.is_over:
                self._push(beat)
            now_us = self._clock.monotonic_us()
        self._arm()

    @property
    def next_us(self) -> int | None:
        """When `wake` wants to be called next, on the monotonic clock."""
        while self._heap and self._heap[0][2].is_over:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    @property
    def rooms(self) -> int:
        """How many rooms tick."""
        return sum(not beat.is_over for _, _, beat in self._heap)

    def late_ms(self) -> dict[str, float]:
        """How late the newest ticks were, as percentiles; nothing where there was none."""
        if not self._late_us:
            return {}
        late = sorted(self._late_us)
        points = {"p50": len(late) // 2, "p99": len(late) * 99 // 100, "max": len(late) - 1}
        return {name: late[place] / 1000 for name, place in points.items()}

    def _push(self, beat: Beat) -> None:
        self._made += 1
        heapq.heappush(self._heap, (beat.due_us, self._made, beat))

    def _arm(self) -> None:
        due_us = self.next_us
        if self._later is None or due_us is None:
            return
        if self._armed_us is not None and self._armed_us <= due_us:
            return
        self._armed_us = due_us
        self._later(max(0, due_us - self._clock.monotonic_us()) / 1e6, partial(self._woken, due_us))

    def _woken(self, armed_us: int) -> None:
        if armed_us == self._armed_us:  # else a nearer tick was armed since
            self.wake()

    def _sample(self, late_us: int) -> None:
        if len(self._late_us) < SAMPLES:
            self._late_us.append(late_us)
        else:
            self._late_us[self._next_sample] = late_us
            self._next_sample = (self._next_sample + 1) % SAMPLES
