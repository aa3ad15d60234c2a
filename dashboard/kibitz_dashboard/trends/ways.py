"""From the Trends page down to rooms, and what its words mean."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from kibitz_dashboard.core.drill import Link, rooms
from kibitz_dashboard.core.filters import Filters
from kibitz_dashboard.core.periods import Window

DEFINITIONS = {
    "A day": "the mean of the figure over the days of the period that are over.",
    "Before": "the same mean over the period before, on the same weekdays and as many of them.",
    "Expected": "Theil and Sen's line through eight weeks with its weekly rhythm; nine days in ten "
    "lie in the band.",
    "Days that were off": "at least 4 robust deviations and 20 % off the eight weeks before, on 30 cases. "
    "Some of so many days and figures are chance.",
}


def rooms_of_day(filters: Filters) -> Callable[[Mapping[str, Any]], Link | None]:
    """For a clicked point of a curve."""

    def drill(point: Mapping[str, Any]) -> Link | None:
        try:
            day = datetime.fromisoformat(str(point.get("x"))[:10])
        except ValueError:
            return None
        return rooms(filters, Window(day, day + timedelta(days=1)))

    return drill


def rooms_of_odd_day(filters: Filters, odd: pd.DataFrame) -> Callable[[int], Link]:
    """For a clicked row: the rooms of a day that was off, in its game."""

    def open_row(position: int) -> Link:
        row = odd.iloc[position]
        narrow = {"game": str(row["game"])} if row["game"] else {}
        day = row["at"].to_pydatetime()
        return rooms(filters, Window(day, day + timedelta(days=1)), **narrow)

    return open_row
