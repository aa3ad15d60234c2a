"""The tables `trend`, `forecast_day` and `anomaly`, made anew whenever a day is over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np

from kibitz_etl.derived import Derived, Rows
from kibitz_etl.model import Column
from kibitz_etl.trends.anomalies import anomalies
from kibitz_etl.trends.fit import DAYS_MIN, WEEK, Fit, fit, slope_interval
from kibitz_etl.trends.forecast import forecast
from kibitz_etl.trends.series import Floats, Series, read_series
from kibitz_etl.trends.words import direction, sentence

WINDOW_DAYS = 56
"""Eight weeks: enough for a slope with a weekly rhythm, few enough to follow a change of course."""

_METRIC = (
    Column("metric", "varchar", "the figure, as in agg_metric_day"),
    Column("game", "varchar", "the game's name; empty for all games together"),
)


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure's line through its last `WINDOW_DAYS`, beginning with day `begin` of the series."""

    series: Series
    begin: int
    fitted: Fit
    slopes: tuple[float, float]

    @property
    def level(self) -> float:
        """Where the line stands on the last day, without the rhythm."""
        return self.fitted.level + self.fitted.slope * (len(self.series.values) - 1 - self.begin)


class Lines:
    """The lines through the figures, each laid once for all tables and again only when its days changed."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[date, bytes, Trend | None]] = {}

    def of(self, con: duckdb.DuckDBPyConnection, closed_before: date) -> Iterator[Trend]:
        """Of every figure that has two weeks of days."""
        for series in read_series(con, closed_before):
            key, days = (
                (series.metric, series.game),
                (series.first, series.values.tobytes() + series.n.tobytes()),
            )
            known = self._known.get(key)
            if known is None or known[:2] != days:
                self._known[key] = known = (*days, _laid(series))
            if known[2] is not None:
                yield known[2]


def _laid(series: Series) -> Trend | None:
    size = len(series.values)
    begin = max(0, size - WINDOW_DAYS)
    begin += (size - begin) % WEEK if size - begin > DAYS_MIN + WEEK else 0
    values: Floats = series.values[begin:]
    fitted = fit(values)
    if fitted is None or np.isnan(values[-WEEK:]).all():
        return None
    return Trend(series, begin, fitted, slope_interval(values, fitted))


class TrendTable:
    name = "trend"
    about = "Where each daily figure is going: a robust slope over its last eight weeks, with its interval."
    grain = "one row per metric and game that has at least two weeks of days"
    columns = (
        *_METRIC,
        Column("from_date", "date", "the first day that the line was laid through"),
        Column("to_date", "date", "the last one"),
        Column("level", "double", "where the line stands on the last day, without the weekly rhythm"),
        Column("slope_per_day", "double", "Theil and Sen's slope, the weekly rhythm taken out"),
        Column("low", "double", "the slope is above this with 95 % confidence"),
        Column("high", "double", "the slope is below this with 95 % confidence"),
        Column("direction", "varchar", "rising, falling or flat"),
        Column("words", "varchar", "the trend as a sentence"),
        Column("n_days", "bigint", "days with a value among those"),
    )

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def rows(self, con: duckdb.DuckDBPyConnection, closed_before: date) -> Rows:
        for trend in self._lines.of(con, closed_before):
            series, slope, (low, high) = trend.series, trend.fitted.slope, trend.slopes
            yield (
                series.metric,
                series.game,
                series.day(trend.begin),
                closed_before - timedelta(days=1),
                trend.level,
                slope,
                low,
                high,
                direction(slope, low, high, trend.level).value,
                sentence(series.metric, slope, low, high, trend.level),
                len(trend.fitted.residuals),
            )


class ForecastTable:
    name = "forecast_day"
    about = "What the next two weeks will be if nothing changes; nine days in ten are expected in the band."
    grain = "one row per metric, game and day ahead"
    columns = (
        *_METRIC,
        Column("metric_date", "date", "the day ahead"),
        Column("value", "double", "the line with its weekly rhythm"),
        Column("low", "double", "the lower edge of the band"),
        Column("high", "double", "the upper edge of the band"),
    )

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def rows(self, con: duckdb.DuckDBPyConnection, closed_before: date) -> Rows:
        for trend in self._lines.of(con, closed_before):
            for day in forecast(trend.series, trend.fitted, trend.begin, trend.slopes):
                yield (trend.series.metric, trend.series.game, day.day, day.value, day.low, day.high)


class AnomalyTable:
    name = "anomaly"
    about = (
        "Days of the last ninety that lie at least 4 robust deviations and 20 % off the eight weeks before "
        "them, on at least 30 cases."
    )
    grain = "one row per metric, game and such a day"
    columns = (
        *_METRIC,
        Column("metric_date", "date", "the day"),
        Column("value", "double", "what it was"),
        Column("expected", "double", "what the eight weeks before led to expect"),
        Column("z", "double", "the distance in robust standard deviations"),
        Column("change", "double", "the distance as a share of what was expected"),
        Column("n", "bigint", "how many cases are behind the day, or behind a usual one"),
    )

    def rows(self, con: duckdb.DuckDBPyConnection, closed_before: date) -> Rows:
        for series in read_series(con, closed_before):
            for odd in anomalies(series):
                yield (odd.metric, odd.game, odd.day, odd.value, odd.expected, odd.z, odd.change, odd.n)


def trend_tables() -> Sequence[Derived]:
    """For one pipeline: what the tables share is kept between its ticks."""
    lines = Lines()
    return TrendTable(lines), ForecastTable(lines), AnomalyTable()
