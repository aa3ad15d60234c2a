"""Daily figures as arrays without gaps, read from `agg_metric_day`."""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

COUNTED = frozenset(
    (
        "dau",
        "wau",
        "mau",
        "n_new",
        "n_rooms",
        "n_matches",
        "n_moves",
        "n_sessions",
        "rooms_peak",
        "errors",
        "refusals",
    )
)
"""Figures of which a day without a row had none. The others (rates, percentiles) have no value then."""


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of one game (empty: all games): a value for each day from `first` on, NaN for none."""

    metric: str
    game: str
    first: date
    values: Floats
    n: Floats
    """How many cases are behind each value."""

    def day(self, index: int) -> date:
        return self.first + timedelta(days=index)

    @property
    def is_share(self) -> bool:
        """Whether its values lie between 0 and 1."""
        return self.metric.endswith("_rate")


def read_series(con: duckdb.DuckDBPyConnection, closed_before: date) -> list[Series]:
    """Every figure up to the last day that is over, in the order of metric and game.

    Each series begins with its own first row and ends on the day before `closed_before`.
    """
    rows = con.execute(
        """
        select metric, game, metric_date, value, n
        from agg_metric_day
        where metric_date < ?
        order by metric, game, metric_date
        """,
        [closed_before],
    ).fetchall()
    found: dict[tuple[str, str], list[tuple[date, float, int]]] = {}
    for metric, game, day, value, n in rows:
        found.setdefault((metric, game), []).append((day, value, n))
    return [_whole(metric, game, known, closed_before) for (metric, game), known in found.items()]


def _whole(metric: str, game: str, known: list[tuple[date, float, int]], closed_before: date) -> Series:
    first = known[0][0]
    size = (closed_before - first).days
    values = np.full(size, 0.0 if metric in COUNTED else np.nan)
    n = np.zeros(size)
    for day, value, cases in known:
        values[(day - first).days] = value
        n[(day - first).days] = cases
    return Series(metric, game, first, values, n)
