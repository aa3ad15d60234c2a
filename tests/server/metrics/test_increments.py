"""Only what was added since the last look is told, and all of it."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kibitz.metrics.histogram import Histogram
from kibitz.metrics.increments import Increments, Key

KEYS = [("event", "act"), ("route", "GET /x")]


@given(st.lists(st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 10**10)), max_size=30), max_size=6))
def test_increments_add_up_to_the_histograms(rounds: list[list[tuple[Key, int]]]) -> None:
    increments = Increments()
    histograms: dict[Key, Histogram] = {}
    told: Counter[tuple[Key, int]] = Counter()
    for added in rounds:
        for key, took_ns in added:
            histograms.setdefault(key, Histogram()).add(took_ns)
        for key, bucket, n in increments.take(histograms):
            assert n > 0
            told[key, bucket] += n
        assert list(increments.take(histograms)) == []
    assert told == {
        (key, bucket): n
        for key, histogram in histograms.items()
        for bucket, n in enumerate(histogram.counts)
        if n
    }
