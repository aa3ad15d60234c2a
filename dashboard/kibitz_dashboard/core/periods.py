"""The periods that pages offer, and the windows of time that they mean. All times are naive UTC.

A window ends with the running hour. The window it is compared with is the same one, moved back by the
period's length: equally long, the running hour as unfinished, and, for whole weeks, on the same weekdays.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Period(StrEnum):
    """As it stands in the URL."""

    DAY = "24h"
    WEEK = "7d"
    FOUR_WEEKS = "28d"
    QUARTER = "91d"

    @property
    def days(self) -> int:
        return {Period.DAY: 1, Period.WEEK: 7, Period.FOUR_WEEKS: 28, Period.QUARTER: 91}[self]

    @property
    def label(self) -> str:
        return "24 hours" if self is Period.DAY else f"{self.days} days"

    @property
    def step(self) -> str:
        """How wide the columns of its charts are."""
        return "hour" if self is Period.DAY else "day"


@dataclass(frozen=True, slots=True)
class Window:
    from_at: datetime
    to_at: datetime
    """Exclusive."""

    def moved(self, by: timedelta) -> "Window":
        return Window(self.from_at + by, self.to_at + by)


def windows(period: Period, now: datetime) -> tuple[Window, Window]:
    """The window of a period, and the one before it to compare with."""
    to_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if period is Period.DAY:
        from_at = to_at - timedelta(days=1)
    else:
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        from_at = today - timedelta(days=period.days - 1)
    window = Window(from_at, to_at)
    return window, window.moved(-timedelta(days=period.days))
