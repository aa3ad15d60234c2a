"""How changes are said, and when they are not."""

import pytest

from kibitz_dashboard.core.catalogue import Metric, Unit
from kibitz_dashboard.core.change import basis, change


def of(unit: Unit) -> Metric:
    return Metric("key", "Label", unit, "What it is.")


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (112, 100, "+12 (+12 %)"),
        (88, 100, "-12 (-12 %)"),
        (20, 20, "±0"),
        (25, 20, "+5 (+25 %)"),
        (12, 19, "-7"),
        (3, 0, "+3"),
        (12_000, 1_000, "+11,000 (+1100 %)"),
    ],
)
def test_a_count_rests_on_itself(now: float, before: float, said: str) -> None:
    assert change(of("count"), now, before, None, None) == said


@pytest.mark.parametrize(("unit", "said"), [("percent", "-5.0 points"), ("duration", "-50 ms (-50 %)")])
def test_a_rate_is_compared_when_both_sides_rest_on_enough(unit: Unit, said: str) -> None:
    scale = 1 if unit == "percent" else 1000
    now, before = 0.05 * scale, 0.1 * scale
    assert change(of(unit), now, before, 20, 20) == said
    assert change(of(unit), now, before, 19, 20) is None
    assert change(of(unit), now, before, 20, 19) is None
    assert change(of(unit), now, before, None, 500) is None


def test_what_shows_no_difference_is_none() -> None:
    assert change(of("percent"), 0.10001, 0.1, 50, 50) == "±0"
    assert change(of("duration"), 500.2, 500.0, 50, 50) == "±0"
    assert change(of("decimal"), 1.01, 1.0, 50, 50) == "±0"


@pytest.mark.parametrize(("now", "before"), [(None, 3), (3, None), (None, None)])
def test_nothing_to_compare(now: float | None, before: float | None) -> None:
    assert change(of("count"), now, before, 50, 50) is None


def test_basis() -> None:
    assert basis(1234, "matches") == "n = 1,234 matches"
    assert basis(None, "matches") == "n = — matches"
