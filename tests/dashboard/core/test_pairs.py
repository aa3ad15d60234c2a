"""Numbers beside those of the period before."""

import pandas as pd

from kibitz_dashboard.core.pairs import Both, Pair, ratio


def test_a_pair_gives_both_sides() -> None:
    pair = Pair(pd.DataFrame({"n": [3], "gone": [None]}), pd.DataFrame({"n": [5], "gone": [1.0]}))
    assert pair["n"] == Both(3, 5)
    assert pair["gone"] == Both(None, 1)
    assert not pair["gone"].is_compared


def test_without_a_period_before() -> None:
    assert Pair(pd.DataFrame({"n": [3]}), None)["n"] == Both(3, None)


def test_a_rate_of_nothing_is_not_zero() -> None:
    assert ratio(Both(1, 0), Both(4, 0)) == Both(0.25, None)
    assert ratio(Both(None, 1), Both(4, None)) == Both(None, None)
