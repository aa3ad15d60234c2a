"""Buckets empty, fill with time, and forget the oldest key when there are too many."""

from kibitz.rates import Buckets, Rate


class Hands:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.us = 0

    def now_us(self) -> int:
        return self.us

    def monotonic_us(self) -> int:
        return self.us


def test_a_burst_then_a_steady_rate() -> None:
    clock = Hands()
    buckets = Buckets(Rate(20, 40), clock)
    assert [buckets.take("a") for _ in range(40)] == [0] * 40
    assert buckets.take("a") == 50
    assert buckets.take("b") == 0
    assert buckets.wait_ms("a") == 50
    assert buckets.wait_ms("new") == 0
    clock.us += 50_000
    assert buckets.wait_ms("a") == 0
    assert buckets.take("a") == 0
    assert buckets.take("a") > 0
    clock.us += 3600 * 1_000_000
    assert [buckets.take("a") == 0 for _ in range(41)].count(True) == 40


def test_the_map_is_bounded() -> None:
    buckets = Buckets(Rate(1, 1), Hands(), keys_max=2)
    assert buckets.take("a") == 0
    assert buckets.take("a") > 0
    assert buckets.take("b") == 0
    assert buckets.take("c") == 0
    assert buckets.take("a") == 0, "a was forgotten, so its bucket is full again"
