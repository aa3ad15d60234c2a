"""Days that lie off their line by more than chance, by more than a trifle and on enough cases.

All three at once: a distance alone flags quiet days of a steady figure, a share alone flags small numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from kibitz_etl.trends.fit import DAYS_MIN, WEEK, fit
from kibitz_etl.trends.series import Series

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
        # A figure that never moved has no spread; a hundredth of it is less than anybody would call one.
        spread = max(fitted.spread, abs(expected) / 100, 1e-9)
        z = (value - expected) / spread
        change = (value - expected) / abs(expected) if expected else np.inf * np.sign(value)
        if abs(z) >= Z_MIN and abs(change) >= CHANGE_MIN and n >= CASES_MIN and np.isfinite(change):
            yield Anomaly(series.metric, series.game, series.day(day), value, expected, z, change, n)


def _usual(series: Series, begin: int, day: int) -> float:
    """How many cases a day has: a day with none of a thousand is no small sample."""
    return float(np.median(series.n[begin:day]))
