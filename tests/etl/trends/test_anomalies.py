"""All three parts of the rule, each alone being too little; and the band of the forecast."""

from datetime import date

import numpy as np
import pytest

from kibitz_etl.trends.anomalies import CASES_MIN, anomalies
from kibitz_etl.trends.fit import fit, slope_interval
from kibitz_etl.trends.forecast import DAYS_AHEAD, forecast
from kibitz_etl.trends.series import Series

FIRST = date(2026, 1, 1)
RHYTHM = np.array([1.0, 1.0, 1.0, 1.1, 1.4, 1.6, 1.3])


def series(size: int = 120, level: float = 500, noise: float = 0.04, seed: int = 3, **more: object) -> Series:
    chance = np.random.default_rng(seed)
    x = np.arange(size)
    values = level * (1 + 0.004 * x) * RHYTHM[x % 7] * (1 + chance.normal(0, noise, size))
    return Series(str(more.get("metric", "n_matches")), "", FIRST, values, values.copy())


def test_a_spike_and_an_outage_are_found_and_no_usual_day() -> None:
    """Growth, week-ends and their noise are no anomalies."""
    known = series()
    known.values[100] *= 2
    known.values[110] *= 0.3
    found = list(anomalies(known))
    assert [odd.day for odd in found] == [known.day(100), known.day(110)]
    assert found[0].change == pytest.approx(1.0, abs=0.25)
    assert found[1].change == pytest.approx(-0.7, abs=0.1)


def test_usual_days_of_many_figures_are_not_flagged() -> None:
    flagged = sum(len(list(anomalies(series(seed=seed)))) for seed in range(30))
    assert flagged <= 3, "of 2,700 days"


def test_a_steady_figure_that_moves_a_little() -> None:
    known = series(noise=0.001, level=9_000_000)
    known.values[100] *= 1.1
    assert not list(anomalies(known)), "far in deviations, and a tenth"


def test_few_cases() -> None:
    known = series(level=8)
    known.values[100] *= 4
    known.n[:] = CASES_MIN - 1
    assert not list(anomalies(known))
    known.n[100] = CASES_MIN
    assert list(anomalies(known))


def test_nothing_at_all_where_much_was_usual() -> None:
    known = series()
    known.values[100] = known.n[100] = 0
    (odd,) = anomalies(known)
    assert odd.change == -1
    assert odd.n > CASES_MIN


def test_a_rate_that_stands_near_nothing() -> None:
    """One match of eighty is chance, however still the weeks before were; a tenth of them is not."""
    known = Series("abandon_rate", "", FIRST, np.full(120, 0.005), np.full(120, 80.0))
    known.values[100], known.values[110] = 0.02, 0.1
    assert [odd.day for odd in anomalies(known)] == [known.day(110)]


def test_a_day_without_a_value_is_none() -> None:
    known = series(metric="finish_rate")
    known.values[100] = np.nan
    assert not list(anomalies(known))


def test_nine_days_in_ten_come_as_forecast() -> None:
    inside = 0
    for seed in range(40):
        whole = series(seed=seed, noise=0.06)
        known = Series("n_matches", "", FIRST, whole.values[:-DAYS_AHEAD], whole.n[:-DAYS_AHEAD])
        begin = len(known.values) - 56
        fitted = fit(known.values[begin:])
        assert fitted is not None
        slopes = slope_interval(known.values[begin:], fitted)
        for ahead, expected in enumerate(forecast(known, fitted, begin, slopes)):
            assert expected.day == whole.day(len(known.values) + ahead)
            inside += expected.low <= whole.values[len(known.values) + ahead] <= expected.high
    assert 0.8 <= inside / (40 * DAYS_AHEAD) <= 0.97


def test_shares_stay_shares() -> None:
    known = Series("finish_rate", "", FIRST, np.linspace(0.7, 0.99, 56), np.full(56, 100.0))
    fitted = fit(known.values)
    assert fitted is not None
    for expected in forecast(known, fitted, 0, slope_interval(known.values, fitted)):
        assert 0 <= expected.low <= expected.value <= expected.high <= 1
