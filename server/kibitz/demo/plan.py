"""What happened in the months of a demo: how many came when, and which days went badly.

Pure: the same plan and day give the same numbers.
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

DAY_US = 24 * 3_600 * 1_000_000
HOUR_US = 3_600 * 1_000_000
DAYS_A_MONTH = 30

_WEEKDAY = (0.85, 0.82, 0.86, 0.92, 1.12, 1.35, 1.28)
"""How much goes on from Monday to Sunday."""
_WORKDAY_HOURS = (4, 2, 1, 1, 1, 1, 2, 4, 6, 5, 5, 6, 9, 8, 6, 6, 8, 11, 15, 20, 24, 22, 16, 9)
_WEEKEND_HOURS = (7, 4, 2, 1, 1, 1, 2, 3, 5, 8, 11, 13, 14, 15, 16, 16, 16, 17, 18, 20, 22, 21, 17, 12)
_SPIKE = (6.0, 4.0, 2.6, 1.8, 1.4, 1.2)
"""By how much more new people come from the day of the launch on."""


class Weather(Struct, frozen=True):
    """How a day went, 1.0 being as usual: what the server took, how often it refused, how many gave up,
    and how many did not come back."""

    slowness: float = 1.0
    refusals: float = 1.0
    giving_up: float = 1.0
    churn: float = 0.0


_BAD = (
    Weather(3.2, 7.0, 3.5, 0.30),
    Weather(3.6, 8.0, 4.0, 0.35),
    Weather(2.4, 4.0, 2.5, 0.20),
)
_USUAL = Weather()


class Plan(Struct, frozen=True):
    """`until_us` is the end of the history, in microseconds since 1970; about `players` people came, and
    about `events` events happened."""

    seed: int
    months: int
    players: int
    events: int
    until_us: int

    @property
    def days(self) -> int:
        return self.months * DAYS_A_MONTH

    @property
    def from_us(self) -> int:
        """Midnight, UTC."""
        return self.until_us // DAY_US * DAY_US - (self.days - 1) * DAY_US

    @property
    def launch_day(self) -> int:
        """On this day a new game came out."""
        return self.days * 2 // 5

    @property
    def bad_days(self) -> range:
        """These days a bad release was out."""
        first = self.days * 7 // 10
        return range(first, first + len(_BAD))

    def date(self, day: int) -> str:
        return moment(self.from_us + day * DAY_US).date().isoformat()

    def weekday(self, day: int) -> int:
        """0 is Monday."""
        return moment(self.from_us + day * DAY_US).weekday()

    def newcomers(self, day: int) -> float:
        """How many new people come, relative to other days."""
        growth = 1.0 + 2.5 * day / self.days
        since = day - self.launch_day
        spike = _SPIKE[since] if 0 <= since < len(_SPIKE) else 1.0
        return growth * self.liveliness(day) * spike

    def liveliness(self, day: int) -> float:
        """How much goes on by the day of the week."""
        return _WEEKDAY[self.weekday(day)]

    def hours(self, day: int) -> tuple[int, ...]:
        """How much goes on in each hour of somebody's day, relative to each other."""
        return _WEEKEND_HOURS if self.weekday(day) >= 5 else _WORKDAY_HOURS

    def weather(self, day: int) -> Weather:
        return _BAD[day - self.bad_days.start] if day in self.bad_days else _USUAL


def moment(at_us: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
