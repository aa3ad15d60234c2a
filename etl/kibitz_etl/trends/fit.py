"""A straight line with a weekly rhythm through daily values, which single wild days do not move.

The slope is Theil and Sen's: the median of the slopes between all pairs of days. The rhythm is, for each
weekday, the median of what its days lie off the line. Least squares would follow one spike for weeks.
"""

from dataclasses import dataclass

import numpy as np

from kibitz_etl.trends.series import Floats

WEEK = 7
_RUN_DAYS = 4
DAYS_MIN = 14
"""Two of each weekday: below that a rhythm is not to be told from chance."""


@dataclass(frozen=True, slots=True)
class Fit:
    """`level` and `slope` (per day) of the line, its day 0 being the first one fitted; `rhythm[d % 7]` is
    what day `d` lies off it; `residuals` is what is left of each known day."""

    level: float
    slope: float
    rhythm: Floats
    residuals: Floats

    def expected(self, day: int) -> float:
        return self.level + self.slope * day + float(self.rhythm[day % WEEK])

    @property
    def noise(self) -> Floats:
        """The residuals, around 0 and as wide as the days: a line and seven medians took their part along.

        Each median lies on one of the days, so it takes about twice the share of a mean; simulations agree
        (tests/etl/trends/test_fit.py).
        """
        size = len(self.residuals)
        return (self.residuals - np.median(self.residuals)) * (size / max(size - 2 * (WEEK + 2), size / 3))

    @property
    def spread(self) -> float:
        """The standard deviation of the residuals, as their median distance tells it (MAD * 1.4826)."""
        return 1.4826 * float(np.median(np.abs(self.residuals - np.median(self.residuals))))


def fit(values: Floats) -> Fit | None:
    """Through all days with a value; None where fewer than `DAYS_MIN` have one."""
    days = np.flatnonzero(~np.isnan(values))
    if len(days) < DAYS_MIN:
        return None
    known = values[days]
    slope = theil_sen(days.astype(np.float64), known - _rhythm(days, known)[days % WEEK])
    # With the slope known the rhythm can be read off the level line, and then the slope once more.
    rhythm = _rhythm(days, known - slope * days)
    slope = theil_sen(days.astype(np.float64), known - rhythm[days % WEEK])
    level = float(np.median(known - slope * days - rhythm[days % WEEK]))
    return Fit(level, slope, rhythm, known - level - slope * days - rhythm[days % WEEK])


def theil_sen(x: Floats, y: Floats) -> float:
    """The median slope over all pairs of different `x`; 0 where there is none."""
    i, j = np.triu_indices(len(x), 1)
    apart = x[j] - x[i]
    slopes = (y[j] - y[i])[apart != 0] / apart[apart != 0]
    return float(np.median(slopes)) if len(slopes) else 0.0


def slope_interval(values: Floats, fitted: Fit, *, draws: int = 200, seed: int = 1) -> tuple[float, float]:
    """Between what the slope lies with 90 % confidence: the noise is drawn anew, in runs of days so that what
    holds together stays together, laid on the line, and the slope is read again."""
    days = np.flatnonzero(~np.isnan(values))
    chance = np.random.default_rng(seed)
    size = len(days)
    starts = chance.integers(0, size - _RUN_DAYS + 1, size=(draws, -(-size // _RUN_DAYS)))
    drawn = (starts[:, :, None] + np.arange(_RUN_DAYS)).reshape(draws, -1)[:, :size]
    noise = fitted.noise[drawn]
    i, j = np.triu_indices(size, 1)
    apart = (days[j] - days[i]).astype(np.float64)
    slopes = np.median((noise[:, j] - noise[:, i]) / apart, axis=1) + fitted.slope
    low, high = np.quantile(slopes, (0.05, 0.95))
    return float(min(low, fitted.slope)), float(max(high, fitted.slope))


def _rhythm(days: np.ndarray[tuple[int], np.dtype[np.intp]], values: Floats) -> Floats:
    middle = np.median(values)
    return np.array(
        [
            np.median(values[days % WEEK == weekday]) - middle if np.any(days % WEEK == weekday) else 0.0
            for weekday in range(WEEK)
        ]
    )
