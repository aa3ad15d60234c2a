"""Which days a name means, what a period is held against, and which ones are due."""

from datetime import date

import pytest

from kibitz_etl.reports.periods import BadPeriod, Grain, Period, day, over, parse


@pytest.mark.parametrize(
    ("text", "first", "last", "before"),
    [
        ("2026-11-22", date(2026, 11, 22), date(2026, 11, 22), "2026-11-15"),
        ("2026-W46", date(2026, 11, 9), date(2026, 11, 15), "2026-W45"),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4), "2025-W52"),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3), "2020-W52"),
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31), "2026-02"),
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31), "2025-12"),
    ],
)
def test_names(text: str, first: date, last: date, before: str) -> None:
    period = parse(text)
    assert (period.first, period.last) == (first, last)
    assert period.name == text
    assert period.before().name == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-W54",
        "2026-W00",
        "2026-13",
        "2026-02-30",
        "20261122",
        "../2026-11",
        "2026-W46/x",
        "9999-12",
        "9999-W52",
        "0001-01-01",
    ],
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(BadPeriod, match="a week as 2026-W46"):
        parse(text)


def test_in_words() -> None:
    assert parse("2026-11-22").words == "Sunday, 22 November 2026"
    assert parse("2026-W46").words == "week 46, 9 Nov to 15 Nov 2026"
    assert parse("2026-10").words == "October 2026"


@pytest.mark.parametrize(
    ("grain", "closed_before", "names"),
    [
        (Grain.DAY, date(2026, 11, 23), ["2026-11-22", "2026-11-21", "2026-11-20"]),
        (Grain.WEEK, date(2026, 11, 22), ["2026-W46", "2026-W45", "2026-W44", "2026-W43"]),
        (Grain.WEEK, date(2026, 11, 23), ["2026-W47", "2026-W46", "2026-W45", "2026-W44"]),
        (Grain.MONTH, date(2026, 11, 30), ["2026-10", "2026-09"]),
        (Grain.MONTH, date(2026, 12, 1), ["2026-11", "2026-10"]),
    ],
)
def test_only_what_is_over_is_due(grain: Grain, closed_before: date, names: list[str]) -> None:
    assert [period.name for period in over(grain, closed_before)] == names


def test_newest_last_in_order() -> None:
    days: list[Period] = [day(date(2026, 11, n)) for n in (3, 1, 2)]
    assert [period.first.day for period in sorted(days)] == [1, 2, 3]
