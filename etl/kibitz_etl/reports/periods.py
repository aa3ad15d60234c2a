"""The stretches of time that reports are about: days, ISO weeks and months, in UTC."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kibitz_etl.errors import EtlError


class Grain(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


KEPT: dict[Grain, int] = {Grain.DAY: 31, Grain.WEEK: 53, Grain.MONTH: 60}
"""How many of the newest reports of each grain stay on disk."""

CAUGHT_UP: dict[Grain, int] = {Grain.DAY: 3, Grain.WEEK: 4, Grain.MONTH: 2}
"""How many periods back a report that was missed is still made."""


class BadPeriod(EtlError):
    """The text names no period."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """`first` to `last`, both included."""

    grain: Grain
    first: date
    last: date

    @property
    def name(self) -> str:
        """`2026-11-22`, `2026-W46` or `2026-10`; also the name of its folder."""
        if self.grain is Grain.DAY:
            return self.first.isoformat()
        if self.grain is Grain.WEEK:
            year, week, _ = self.first.isocalendar()
            return f"{year}-W{week:02}"
        return f"{self.first:%Y-%m}"

    @property
    def words(self) -> str:
        if self.grain is Grain.DAY:
            return f"{self.first:%A, %-d %B %Y}"
        if self.grain is Grain.WEEK:
            return f"week {self.first.isocalendar().week}, {self.first:%-d %b} to {self.last:%-d %b %Y}"
        return f"{self.first:%B %Y}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """What it is compared with: for a day the same weekday a week earlier, else the period before."""
        if self.grain is Grain.DAY:
            return day(self.first - timedelta(days=7))
        if self.grain is Grain.WEEK:
            return week(self.first - timedelta(days=7))
        return month(self.first - timedelta(days=1))


def day(of: date) -> Period:
    return Period(Grain.DAY, of, of)


def week(of: date) -> Period:
    """The ISO week, Monday to Sunday, that `of` lies in."""
    monday = of - timedelta(days=of.weekday())
    return Period(Grain.WEEK, monday, monday + timedelta(days=6))


def month(of: date) -> Period:
    first = of.replace(day=1)
    return Period(Grain.MONTH, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


_MAKERS = {Grain.DAY: day, Grain.WEEK: week, Grain.MONTH: month}


def parse(text: str) -> Period:
    """Of this century, as the ETL's times are. Raises `BadPeriod`."""
    try:
        if re.fullmatch(r"20\d{2}-\d{2}-\d{2}", text):
            return day(date.fromisoformat(text))
        if found := re.fullmatch(r"(20\d{2})-W(\d{2})", text):
            return week(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        if found := re.fullmatch(r"(20\d{2})-(\d{2})", text):
            return month(date(int(found[1]), int(found[2]), 1))
    except ValueError:
        pass
    raise BadPeriod(
        f"'{text}' is no period; write a day as 2026-11-22, a week as 2026-W46, a month as 2026-10"
    )


def over(grain: Grain, closed_before: date) -> Iterator[Period]:
    """The periods of `grain` that are over, the newest first, as many as are caught up with."""
    period = _MAKERS[grain](closed_before - timedelta(days=1))
    if period.last >= closed_before:
        period = _MAKERS[grain](period.first - timedelta(days=1))
    for _ in range(CAUGHT_UP[grain]):
        yield period
        period = _MAKERS[grain](period.first - timedelta(days=1))
