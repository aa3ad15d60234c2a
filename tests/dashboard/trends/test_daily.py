"""`trends/daily.py`: the same weekdays on both sides, and zeros where nothing was to count."""

from datetime import datetime, timedelta

import pandas as pd

from kibitz_dashboard.trends.daily import aligned, both, only, summary, whole
from support.analytics_journal import naive

MONDAY = naive("2026-11-16")
GOING = pd.DataFrame({"metric": ["dau"], "direction": ["rising"], "words": ["Rising."]})


def days(metric: str, first: datetime, values: list[float]) -> pd.DataFrame:
    at = pd.date_range(first, periods=len(values), freq="D")
    return pd.DataFrame({"metric": metric, "at": at, "value": values, "n": 40})


def test_days_that_are_still_to_come_are_left_out_before_as_well() -> None:
    before = aligned(
        days("dau", MONDAY - timedelta(days=7), [1.0] * 7), timedelta(days=7), MONDAY + timedelta(days=2)
    )
    assert before["at"].tolist() == [MONDAY, MONDAY + timedelta(days=1)]


def test_a_day_without_errors_had_none_but_a_median_has_no_value() -> None:
    rows = whole(
        pd.concat(
            [
                days("dau", MONDAY, [5.0, 6.0, 7.0]),
                days("errors", MONDAY, [9.0]),
                days("wait_p50_ms", MONDAY, [4.0]),
            ]
        )
    )
    assert only(rows, "errors")["value"].tolist() == [9.0, 0.0, 0.0]
    assert only(rows, "wait_p50_ms")["value"].tolist() == [4.0]


def test_a_line_of_the_summary() -> None:
    now, before = days("dau", MONDAY, [50.0, 70.0]), days("dau", MONDAY, [40.0, 40.0])
    value, n = both(now, before, "dau")
    assert (value.now, value.before, n.now, n.before) == (60.0, 40.0, 80.0, 80.0)
    line = summary(now, before, GOING).iloc[0]
    assert (line["A day"], line["Before"], line["Change"]) == ("60", "40", "+20 (+50 %)")
    assert line["Eight weeks"].startswith("↗ ")


def test_nothing_to_sum_up() -> None:
    assert summary(whole(days("dau", MONDAY, [])), None, GOING).empty
