from kibitz.rooms.services.gametime import GameTime
from support.manual_clock import ManualClock


def test_it_runs_with_the_monotonic_clock() -> None:
    clock = ManualClock()
    time = GameTime(clock, 3_000)
    begin = time.now_us()
    clock.advance(2_999_999)
    clock.jump(10**12)
    assert time.now_us() - begin == 2_999_999


def test_a_pause_counts_only_up_to_the_limit() -> None:
    clock = ManualClock()
    time = GameTime(clock, 3_000)
    begin = time.now_us()
    clock.advance(60_000_000)
    assert time.now_us() - begin == 3_000_000
    clock.advance(1_000_000)
    assert time.now_us() - begin == 4_000_000
    assert time.as_monotonic_us(time.now_us()) == clock.monotonic_us()


def test_without_a_limit_it_jumps() -> None:
    clock = ManualClock()
    time = GameTime(clock, 0)
    begin = time.now_us()
    clock.advance(60_000_000)
    assert time.now_us() - begin == 60_000_000
