"""Windows end with the running hour, and are compared with equals."""

from datetime import timedelta

import pytest

from kibitz_dashboard.core.periods import Period, windows
from support.analytics_journal import naive

NOW = naive("2026-11-23 14:37:22")


@pytest.mark.parametrize(
    ("period", "since"),
    [
        (Period.DAY, "2026-11-22 15:00:00"),
        (Period.WEEK, "2026-11-17 00:00:00"),
        (Period.FOUR_WEEKS, "2026-10-27 00:00:00"),
        (Period.QUARTER, "2026-08-25 00:00:00"),
    ],
)
def test_windows(period: Period, since: str) -> None:
    window, before = windows(period, NOW)
    assert (window.from_at, window.to_at) == (naive(since), naive("2026-11-23 15:00:00"))
    assert before.to_at - before.from_at == window.to_at - window.from_at
    assert window.from_at - before.from_at == timedelta(days=period.days)


@pytest.mark.parametrize("period", [Period.WEEK, Period.FOUR_WEEKS, Period.QUARTER])
def test_weeks_are_compared_on_the_same_weekdays(period: Period) -> None:
    window, before = windows(period, NOW)
    assert window.from_at.weekday() == before.from_at.weekday()


def test_midnight_belongs_to_the_new_day() -> None:
    window, _ = windows(Period.WEEK, naive("2026-11-23 00:00:00"))
    assert (window.from_at, window.to_at) == (naive("2026-11-17 00:00:00"), naive("2026-11-23 01:00:00"))
