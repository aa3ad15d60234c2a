"""What the next two weeks will be if nothing changes: the line with its rhythm, and a band around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from kibitz_etl.trends.fit import Fit
from kibitz_etl.trends.series import Series

DAYS_AHEAD = 14
BAND = (0.05, 0.95)
"""Nine days in ten are expected inside."""


@dataclass(frozen=True, slots=True)
class Expected:
    day: date
    value: float
    low: float
    high: float


def forecast(series: Series, fitted: Fit, begin: int, slopes: tuple[float, float]) -> Iterator[Expected]:
    """`fitted` goes through the days from `begin` on; `slopes` bound its slope with 90 % confidence.

    The band is as wide as the residuals were, and opens with the days by what is not known of the slope.
    """
    size = len(series.values)
    below, above = np.quantile(fitted.noise, BAND)
    for ahead in range(DAYS_AHEAD):
        day = size + ahead
        value = fitted.expected(day - begin)
        # measured from the middle of the days that the slope was read from, where a line turns
        reach = day - (begin + size) / 2
        low = value - float(np.hypot(below, (fitted.slope - slopes[0]) * reach))
        high = value + float(np.hypot(above, (slopes[1] - fitted.slope) * reach))
        most = 1.0 if series.is_share else np.inf
        yield Expected(series.day(day), *(float(np.clip(each, 0.0, most)) for each in (value, low, high)))
