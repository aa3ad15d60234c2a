"""What was counted and measured, and who can be asked for the rest when somebody scrapes.

Counters are integers in dicts, times are histograms, both added to on the event loop. Everything else is
read from its owner by a function, at the scrape and not before.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kibitz.metrics.cache_counts import CacheCounts
from kibitz.metrics.histogram import Histogram
from kibitz.metrics.names import CACHE, DECLARED, Declared, Kind

log = logging.getLogger(__name__)

Labels = tuple[str, ...]
Values = Mapping[Labels, float]
Read = Callable[[], Values]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric as it was at a scrape: `values`, or of a histogram `counts` by bucket and the sum."""

    declared: Declared
    values: Values
    times: Mapping[Labels, tuple[list[int], int]]


class Metrics:
    """Lives as long as the server, on its event loop."""

    def __init__(self) -> None:
        self._counts: dict[Declared, dict[Labels, int]] = {}
        self._readers: dict[Declared, Read] = {}
        self._times: dict[Declared, dict[Labels, Histogram]] = {}
        self._caches: dict[str, CacheCounts] = {}
        self._failing: set[Declared] = set()
        self.read(CACHE, self._cached)

    def count(self, declared: Declared, *labels: str, n: int = 1) -> None:
        """Add to one counter; the labels in the order of its declaration."""
        counts = self._counts.setdefault(declared, {})
        counts[labels] = counts.get(labels, 0) + n

    def counted(self, declared: Declared, *labels: str) -> int:
        return self._counts.get(declared, {}).get(labels, 0)

    def read(self, declared: Declared, read: Read) -> None:
        """`read` gives the values by label when scraped. Raises `ValueError` where somebody gives them
        already."""
        if declared in self._readers:
            raise ValueError(f"{declared.name} has a reader already")
        self._readers[declared] = read

    def histogram(self, declared: Declared, *labels: str) -> Histogram:
        """The one of these labels, made at the first call: ask once and keep it."""
        times = self._times.setdefault(declared, {})
        histogram = times.get(labels)
        if histogram is None:
            histogram = times[labels] = Histogram()
        return histogram

    def cache(self, name: str) -> CacheCounts:
        """The counts of a cache, made at the first call; their owner adds to them."""
        return self._caches.setdefault(name, CacheCounts())

    def caches(self) -> tuple[int, int]:
        """Hits and misses of all caches."""
        caches = self._caches.values()
        return sum(each.hits for each in caches), sum(each.misses for each in caches)

    def histograms(self) -> Mapping[tuple[str, str], Histogram]:
        """All of them, by subject and name as telemetry stores them."""
        return {
            (declared.subject, "/".join(labels)): histogram
            for declared, times in self._times.items()
            for labels, histogram in times.items()
        }

    def counts(self, declared: Declared) -> Mapping[Labels, int]:
        """What was added to a counter, by label."""
        return dict(self._counts.get(declared, {}))

    def added(self, declared: Declared) -> int:
        """How many durations were added to a metric's histograms."""
        return sum(histogram.total for histogram in self._times.get(declared, {}).values())

    def snapshot(self) -> list[Family]:
        """Everything as it is now, independent of what is counted later: to be rendered on any thread.
        Histograms that nothing was added to are left out."""
        families = []
        for declared in DECLARED:
            values: Values = {}
            times: dict[Labels, tuple[list[int], int]] = {}
            if declared.kind is Kind.HISTOGRAM:
                for labels, histogram in self._times.get(declared, {}).items():
                    if histogram.sum_ns:
                        times[labels] = (histogram.counts[:], histogram.sum_ns)
            elif declared in self._readers:
                values = self._asked(declared)
            else:
                values = self.counts(declared)
            families.append(Family(declared, values, times))
        return families

    def _asked(self, declared: Declared) -> Values:
        """Nothing from a reader that fails, as one may while the disk does: the others are wanted then."""
        try:
            return dict(self._readers[declared]())
        except Exception as error:
            if declared not in self._failing:
                self._failing.add(declared)
                log.warning("a metric cannot be read", extra={"metric": declared.name, "problem": str(error)})
            return {}

    def _cached(self) -> Values:
        found: dict[Labels, float] = {}
        for name, counts in self._caches.items():
            found[name, "hit"] = counts.hits
            found[name, "miss"] = counts.misses
        return found
