"""Ticks fall due by the clock, without drift; whoever is woken too late catches up, within a bound."""

from collections.abc import Callable

from kibitz.rooms.services.ticker import CATCH_UP_MOST, SLOT_US, Ticker
from support.manual_clock import ManualClock

PERIOD_US = 50_000


class Timers:
    """`call_later` in the clock's own time: each runs in its turn, as late as `late_us` says."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.waiting: list[tuple[int, int, Callable[[], None]]] = []
        self.set = 0

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        self.set += 1
        self.waiting.append((self._clock.monotonic_us() + round(seconds * 1e6), self.set, do))

    def run(self, duration_us: int, late_us: int = 0) -> None:
        end_us = self._clock.monotonic_us() + duration_us
        while self.waiting:
            self.waiting.sort(key=lambda each: each[:2])
            due_us = self.waiting[0][0] + late_us
            if due_us > end_us:
                break
            _, _, do = self.waiting.pop(0)
            self._clock.advance(max(0, due_us - self._clock.monotonic_us()))
            do()
        self._clock.advance(end_us - self._clock.monotonic_us())


def test_a_minute_has_as_many_ticks_as_it_should_however_late_each_is():
    clock = ManualClock()
    timers = Timers(clock)
    ticker, done = Ticker(clock, timers.later), []
    ticker.begin(20, done.append)
    timers.run(60_000_000 + SLOT_US, late_us=3_700)
    assert (sum(done), max(done)) == (1_200, 1)
    assert ticker.late_ms() == {"p50": 3.7, "p99": 3.7, "max": 3.7}


def test_one_timer_serves_many_rooms():
    clock = ManualClock()
    timers = Timers(clock)
    ticker, done = Ticker(clock, timers.later), []
    for _ in range(100):
        ticker.begin(20, done.append)
        clock.advance(700)
    timers.run(1_000_000)
    assert ticker.rooms == 100
    assert sum(done) >= 1_900
    assert len(timers.waiting) <= 2
    assert timers.set <= 1_000_000 // SLOT_US + 100, "no more than one for each slot, and for each beginning"


def test_rates_that_do_not_divide_a_second_do_not_drift():
    clock = ManualClock()
    timers = Timers(clock)
    ticker, done = Ticker(clock, timers.later), []
    ticker.begin(60, done.append)
    timers.run(100_000_000 + SLOT_US)
    assert sum(done) == 6_000


def test_a_late_wake_up_catches_up_and_a_very_late_one_leaves_time_out():
    clock = ManualClock()
    ticker, done = Ticker(clock, None), []
    ticker.begin(20, done.append)
    clock.advance(3 * PERIOD_US + SLOT_US)
    ticker.wake()
    assert done == [3]
    clock.advance(40 * PERIOD_US)
    ticker.wake()
    assert done == [3, CATCH_UP_MOST]
    assert ticker.left_out == 40 - CATCH_UP_MOST
    clock.advance(PERIOD_US)
    ticker.wake()
    assert done == [3, CATCH_UP_MOST, 1], "and then it is in step again"


def test_ticks_end_with_their_beat_even_from_within():
    clock = ManualClock()
    timers = Timers(clock)
    ticker, done = Ticker(clock, timers.later), []

    def once(count: int) -> None:
        done.append(count)
        beat.end()

    beat = ticker.begin(20, once)
    timers.run(1_000_000)
    assert done == [1]
    assert timers.waiting == [], "no timer is set for nobody"
    assert ticker.next_us is None


def test_it_begins_when_it_is_told_to():
    clock = ManualClock()
    timers = Timers(clock)
    ticker, done = Ticker(clock, timers.later), []
    ticker.begin(20, done.append, in_ms=3_000)
    timers.run(3_000_000)
    assert done == []
    timers.run(1_000_000)
    assert sum(done) == 20
