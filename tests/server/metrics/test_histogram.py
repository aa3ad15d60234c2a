"""Durations of every length have a place."""

from kibitz.metrics.buckets import COUNT
from kibitz.metrics.histogram import Histogram


def test_the_shortest_and_the_longest_fall_into_the_ends() -> None:
    histogram = Histogram()
    for took_ns in (0, -5, 1, 50_000, 10**19):
        histogram.add(took_ns)
    assert histogram.counts[0] == 4
    assert histogram.counts[COUNT - 1] == 1
    assert histogram.total == 5
