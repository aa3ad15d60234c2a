"""Durations of one kind, as counts by bucket."""

from math import log2

from kibitz.metrics.buckets import COUNT, LEAST_MS, PER_OCTAVE

_LEAST_NS = LEAST_MS * 1e6
_LAST = COUNT - 1


class Histogram:
    """`counts` by bucket (`kibitz.metrics.buckets`), and the sum. Used on one thread: no lock.

    Adding costs a logarithm and an increment; whoever measures pays two calls of `perf_counter_ns` besides.
    """

    __slots__ = ("counts", "sum_ns")

    def __init__(self) -> None:
        self.counts = [0] * COUNT
        self.sum_ns = 0

    def add(self, took_ns: int) -> None:
        """One more duration, in nanoseconds."""
        self.sum_ns += took_ns
        if took_ns > _LEAST_NS:
            bucket = int(PER_OCTAVE * log2(took_ns / _LEAST_NS))
            self.counts[bucket if bucket < _LAST else _LAST] += 1
        else:
            self.counts[0] += 1

    @property
    def total(self) -> int:
        """How many were added."""
        return sum(self.counts)
