"""Changes and rates in words."""

import pytest

from kibitz_dashboard.core.metrics import basis, change, ratio


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (112, 100, "+12 (+12 %)"),
        (90, 100, "-10 (-10 %)"),
        (1234, 24, "+1,210 (+5042 %)"),
        (5, 19, "-14"),  # too few for a percentage
        (7, 7, "±0"),
        (3, 0, "+3"),
        (None, 3, None),
        (3, None, None),
    ],
)
def test_change(now: float | None, before: float | None, said: str | None) -> None:
    assert change(now, before) == said


def test_a_unit_follows_the_number() -> None:
    assert change(2.44, 2.04, unit=" moves", digits=1) == "+0.4 moves"
    assert change(2.04, 2.02, unit=" s", digits=1) == "±0 s"


@pytest.mark.parametrize(
    ("part", "whole", "rate"), [(1, 4, 0.25), (0, 4, 0.0), (1, 0, None), (None, 4, None)]
)
def test_a_rate_of_nothing_is_not_zero(part: float | None, whole: float, rate: float | None) -> None:
    assert ratio(part, whole) == rate


def test_basis() -> None:
    assert basis(1234, "matches") == "n = 1,234 matches"
    assert basis(None, "matches") == "n = — matches"
