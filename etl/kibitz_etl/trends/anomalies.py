"""Days that lie off their line by more than chance, by more than a trifle and on enough cases.

All three at once: a distance alone flags quiet days of a steady figure, a share alone flags small numbers.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from kibitz_etl.trends.fit import DAYS_MIN, WEEK, fit
from kibitz_etl.trends.series import COUNTED, Series

Z_MIN = 4.0
CHANGE_MIN = 0.2
CASES_MIN = 30
BASE_DAYS = 56
"""A day is held against the line through the eight weeks before it, which know nothing of it."""
LOOKED_AT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Anomaly:
    """`z` is the distance in robust standard deviations, `change` the share of what was expected."""

    metric: str
    game: str
    day: date
    value: float
    expected: float
    z: float
    change: float
    n: int


def anomalies(series: Series) -> Iterator[Anomaly]:
    """Those of the last `LOOKED_AT_DAYS` days, oldest first."""
    size = len(series.values)
    for day in range(max(DAYS_MIN, size - LOOKED_AT_DAYS), size):
        value = float(series.values[day])
        if np.isnan(value):
            continue
        begin = max(0, day - BASE_DAYS)
        # whole weeks, so that a day keeps its place in the rhythm
        begin += (day - begin) % WEEK
        fitted = fit(series.values[begin:day])
        if fitted is None:
            continue
        expected = fitted.expected(day - begin)
        n = int(max(series.n[day], _usual(series, begin, day)))
        if expected <= 0 or n < CASES_MIN:
            continue
        z = (value - expected) / max(fitted.spread, _chance(series, expected, n))
        change = (value - expected) / expected
        if abs(z) >= Z_MIN and abs(change) >= CHANGE_MIN:
            yield Anomaly(series.metric, series.game, series.day(day), value, expected, z, change, n)


def _chance(series: Series, expected: float, n: int) -> float:
    """The least that chance alone makes of it: of a share of `n` cases, or of a count; percentiles are read
    from buckets of 9 %, and move by one or two. A figure that stood still for eight weeks, as a rate at 0
    does, has no spread of its own."""
    if series.is_share:
        share = min(max(expected, 1 / n), 1 - 1 / n)
        return math.sqrt(share * (1 - share) / n)
    return math.sqrt(expected) if series.metric in COUNTED else expected / 8


def _usual(series: Series, begin: int, day: int) -> float:
    """How many cases a day has: a day with none of a thousand is no small sample."""
    return float(np.median(series.n[begin:day]))
