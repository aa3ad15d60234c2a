"""Which tick it is, from frames that come early, late, and after a pause."""

import random

from kibitz.client.ticks import TickClock
from support.manual_clock import ManualClock


def heard(ticks: TickClock, clock: ManualClock, tick: int, at_ms: int) -> bool:
    clock.advance(5_000_000 + at_ms * 1000 - clock.monotonic_us())
    return ticks.heard("E", tick)


def test_the_quickest_frame_tells_which_tick_it_is():
    clock = ManualClock()
    ticks = TickClock(clock)
    assert ticks.now() is None
    for tick, at_ms in ((10, 600), (11, 730), (12, 710)):
        assert heard(ticks, clock, tick, at_ms)
    assert ticks.arriving() == 12.2
    ticks.measured(100_000)
    assert ticks.now() == 13, "half a round trip further on"


def test_what_comes_late_says_nothing():
    clock = ManualClock()
    ticks = TickClock(clock)
    assert heard(ticks, clock, 10, 500)
    assert not heard(ticks, clock, 10, 510)
    assert not heard(ticks, clock, 9, 520)
    assert ticks.heard("F", 3), "another history counts anew"


def test_after_a_pause_ticks_fall_at_other_times():
    clock = ManualClock()
    ticks = TickClock(clock)
    heard(ticks, clock, 10, 500)
    heard(ticks, clock, 11, 3_575)
    assert ticks.arriving() == 11


def test_it_is_right_within_a_tick_or_two_on_a_way_with_jitter():
    clock = ManualClock()
    ticks, chance = TickClock(clock), random.Random(1)
    arrivals = sorted((tick * 50 + chance.uniform(100, 200), tick) for tick in range(200))
    for at_ms, tick in arrivals:
        heard(ticks, clock, tick, round(at_ms))
        ticks.measured(round(chance.uniform(200, 400) * 1000))
    now = ticks.now()
    assert now is not None
    assert abs(now - (clock.monotonic_us() - 5_000_000) / 50_000) <= 2
