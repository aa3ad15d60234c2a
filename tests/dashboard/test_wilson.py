"""`wilson.py`: the interval of a share."""

import pytest

from kibitz_dashboard.wilson import said, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_known_intervals(part: int, whole: int, low: float, high: float) -> None:
    """The last one is Newcombe's of 1998, the usual example."""
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_no_case_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_in_words() -> None:
    assert said(81, 263) == "25.5 to 36.6 %"
