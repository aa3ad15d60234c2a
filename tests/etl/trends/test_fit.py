"""The line is found under rhythm, noise and spikes, and its interval holds what it says."""

import numpy as np
import pytest

from kibitz_etl.trends.fit import DAYS_MIN, fit, slope_interval, theil_sen

RHYTHM = np.array([0.0, 2.0, 5.0, 3.0, -4.0, -9.0, 3.0])


def days(size: int, slope: float, *, noise: float = 0.0, seed: int = 7) -> np.ndarray:
    chance = np.random.default_rng(seed)
    x = np.arange(size)
    return (
        100 + slope * x + RHYTHM[x % 7] + chance.normal(0, noise, size)
        if noise
        else (100 + slope * x + RHYTHM[x % 7])
    )


@pytest.mark.parametrize("slope", [-1.5, 0.0, 0.5, 4.0])
def test_the_line_is_found(slope: float) -> None:
    found = fit(days(56, slope))
    assert found is not None
    assert found.slope == pytest.approx(slope, abs=0.05)
    assert found.expected(58) == pytest.approx(100 + slope * 58 + RHYTHM[58 % 7], abs=1.5)


def test_wild_days_do_not_move_it() -> None:
    values = days(56, 0.5, noise=1.0)
    calm = fit(values)
    values[[20, 41, 55]] = 1_000
    wild = fit(values)
    assert calm is not None
    assert wild is not None
    assert wild.slope == pytest.approx(calm.slope, abs=0.1)
    assert wild.spread < 3


def test_days_without_a_value_are_passed_over() -> None:
    values = days(56, 0.5)
    values[::5] = np.nan
    found = fit(values)
    assert found is not None
    assert found.slope == pytest.approx(0.5, abs=0.05)
    assert len(found.residuals) == 56 - 12


def test_too_few_days() -> None:
    assert fit(days(DAYS_MIN - 1, 1.0)) is None
    assert theil_sen(np.array([3.0]), np.array([1.0])) == 0.0


def test_the_interval_holds_the_slope_nine_times_in_ten() -> None:
    held = 0
    for seed in range(60):
        values = days(56, 0.5, noise=6.0, seed=seed)
        found = fit(values)
        assert found is not None
        low, high = slope_interval(values, found)
        assert low <= found.slope <= high
        held += low <= 0.5 <= high
    assert 48 <= held <= 59


def test_the_same_days_give_the_same_interval() -> None:
    values = days(42, 0.1, noise=4.0)
    found = fit(values)
    assert found is not None
    assert slope_interval(values, found) == slope_interval(values, found)
