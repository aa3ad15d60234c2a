"""What was added to histograms since the last look: the form in which they are stored."""

from collections.abc import Iterator, Mapping

from kibitz.metrics.histogram import Histogram

Key = tuple[str, str]
"""Subject and name, as telemetry stores them."""


class Increments:
    """Remembers what was taken. `histograms` gives those there are, by key."""

    def __init__(self) -> None:
        self._taken: dict[Key, list[int]] = {}

    def take(self, histograms: Mapping[Key, Histogram]) -> Iterator[tuple[Key, int, int]]:
        """Key, bucket and how many more are in it, for each bucket that grew since the last call."""
        for key, histogram in histograms.items():
            counts = histogram.counts[:]
            before = self._taken.get(key)
            if counts == before:
                continue
            self._taken[key] = counts
            for bucket, n in enumerate(counts):
                grown = n if before is None else n - before[bucket]
                if grown:
                    yield key, bucket, grown
