"""The periods that pages offer, and the windows of time that they mean. All times are naive UTC.

A window ends with the running hour at the latest. The window it is compared with is the same one, moved
back by as many whole weeks as it takes to lie before it: equally long, on the same weekdays, the running
hour as unfinished.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil

HOURLY_UP_TO = timedelta(days=3)
DAYS_MAX = 400
"""A chosen range is cut to its last so many days."""


class Period(StrEnum):
    """As it stands in the URL."""

    DAY = "24h"
    WEEK = "7d"
    FOUR_WEEKS = "28d"
    QUARTER = "90d"
    HALF_YEAR = "180d"
    CUSTOM = "range"

    @property
    def days(self) -> int:
        return _DAYS.get(self, 7)


_DAYS = {Period.DAY: 1, Period.FOUR_WEEKS: 28, Period.QUARTER: 90, Period.HALF_YEAR: 180}


@dataclass(frozen=True, slots=True)
class Window:
    from_at: datetime
    to_at: datetime
    """Exclusive."""

    def moved(self, by: timedelta) -> "Window":
        return Window(self.from_at + by, self.to_at + by)

    @property
    def days(self) -> int:
        """How many days it touches at least, begun ones counted as whole."""
        return max(1, ceil((self.to_at - self.from_at) / timedelta(days=1)))

    @property
    def step(self) -> str:
        """How wide the columns of its charts are: `hour` or `day`."""
        return "hour" if self.to_at - self.from_at <= HOURLY_UP_TO else "day"

    @property
    def label(self) -> str:
        """`17 – 23 Nov 2026`; with hours where it does not begin at midnight."""
        last = self.to_at - timedelta(microseconds=1)
        if self.from_at.hour:
            return f"{self.from_at:%-d %b %H:%M} – {self.to_at:%-d %b %Y %H:%M}"
        if self.from_at.date() == last.date():
            return f"{last:%-d %b %Y}"
        year = "" if self.from_at.year == last.year else f" {self.from_at:%Y}"
        return f"{self.from_at:%-d %b}{year} – {last:%-d %b %Y}"


def windows(period: Period, now: datetime, chosen: tuple[date, date] | None = None) -> tuple[Window, Window]:
    """The window of a period, and the one before it to compare with.

    `chosen`: first and last day, both included, for a custom period; without it the last seven days.
    """
    to_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if period is Period.DAY:
        from_at = to_at - timedelta(days=1)
    elif period is Period.CUSTOM and chosen is not None:
        first, last = (datetime.combine(day, datetime.min.time()) for day in sorted(chosen))
        to_at = max(min(to_at, last + timedelta(days=1)), first + timedelta(hours=1))
        from_at = max(first, last - timedelta(days=DAYS_MAX - 1))
    else:
        from_at = today - timedelta(days=period.days - 1)
    window = Window(from_at, to_at)
    return window, window.moved(-timedelta(weeks=ceil(window.days / 7)))
