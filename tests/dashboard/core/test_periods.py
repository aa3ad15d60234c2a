"""Which hours a period means, and which it is compared with."""

from datetime import date, timedelta

import pytest

from kibitz_dashboard.core.periods import DAYS_MAX, Period, Window, windows
from support.analytics_journal import naive

NOW = naive("2026-11-23 12:34:56")


@pytest.mark.parametrize("period", list(Period))
def test_the_window_before_is_as_long_on_the_same_weekdays_and_earlier(period: Period) -> None:
    window, before = windows(period, NOW)
    assert window.to_at == naive("2026-11-23 13:00:00")
    assert window.to_at - window.from_at == before.to_at - before.from_at
    assert (window.from_at - before.from_at).days % 7 == 0
    assert before.to_at <= window.from_at or window.to_at - before.to_at == timedelta(weeks=1)
    assert before.from_at.weekday() == window.from_at.weekday()


def test_days_are_whole_but_for_the_running_one() -> None:
    assert windows(Period.WEEK, NOW)[0].from_at == naive("2026-11-17 00:00:00")
    assert windows(Period.DAY, NOW)[0].from_at == naive("2026-11-22 13:00:00")
    assert windows(Period.HALF_YEAR, NOW)[0].days == 180


def test_a_chosen_range_holds_both_its_days() -> None:
    window, before = windows(Period.CUSTOM, NOW, (date(2026, 11, 12), date(2026, 11, 3)))
    assert (window.from_at, window.to_at) == (naive("2026-11-03 00:00:00"), naive("2026-11-13 00:00:00"))
    assert before.from_at == naive("2026-10-20 00:00:00")
    assert window.step == "day"


def test_a_range_ends_now_and_is_never_endless() -> None:
    window, _ = windows(Period.CUSTOM, NOW, (date(1990, 1, 1), date(2026, 11, 23)))
    assert (window.to_at, window.days) == (naive("2026-11-23 13:00:00"), DAYS_MAX)
    future, _ = windows(Period.CUSTOM, NOW, (date(2030, 1, 1), date(2030, 1, 2)))
    assert future.from_at < future.to_at


@pytest.mark.parametrize(
    ("window", "label", "step"),
    [
        (Window(naive("2026-11-17 00:00:00"), naive("2026-11-23 13:00:00")), "17 Nov – 23 Nov 2026", "day"),
        (
            Window(naive("2025-12-30 00:00:00"), naive("2026-01-06 00:00:00")),
            "30 Dec 2025 – 5 Jan 2026",
            "day",
        ),
        (Window(naive("2026-11-23 00:00:00"), naive("2026-11-24 00:00:00")), "23 Nov 2026", "hour"),
        (
            Window(naive("2026-11-22 13:00:00"), naive("2026-11-23 13:00:00")),
            "22 Nov 13:00 – 23 Nov 2026 13:00",
            "hour",
        ),
    ],
)
def test_in_words(window: Window, label: str, step: str) -> None:
    assert (window.label, window.step) == (label, step)
