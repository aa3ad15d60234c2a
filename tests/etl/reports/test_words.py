"""Figures and changes as people read them."""

import pytest

from kibitz_etl.reports.words import change, duration, figure, game, tone


@pytest.mark.parametrize(
    ("ms", "told"),
    [
        (0.05, "0.1 ms"),
        (99.94, "99.9 ms"),
        (99.96, "100 ms"),
        (999.4, "999 ms"),
        (999.96, "1.0 s"),
        (59_940, "59.9 s"),
        (59_970, "1 min 00 s"),
        (3_599_600, "1 h 00 min"),
        (90_000_000, "25 h 00 min"),
    ],
)
def test_durations_never_round_to_a_full_next_unit(ms: float, told: str) -> None:
    assert duration(ms) == told


@pytest.mark.parametrize(
    ("metric", "value", "before", "n_before", "told", "colour"),
    [
        ("n_rooms", 30, 20, 20, "+50 %", "good"),
        ("n_rooms", 30, 19, 19, "", ""),
        ("n_rooms", 30, 0, 0, "", ""),
        ("n_rooms", 30, None, 0, "", ""),
        ("n_rooms", 20, 20, 20, "±0 %", ""),
        ("errors", 30, 20, 20, "+50 %", "bad"),
        ("duration_p50_ms", 30, 20, 50, "+50 %", ""),
        ("abandon_rate", 0.2, 0.1, 100, "", ""),
        ("abandon_rate", 0.2, 0.1, 200, "+100 %", "bad"),
    ],
)
def test_a_change_is_told_on_enough_cases(
    metric: str, value: float, before: float | None, n_before: float, told: str, colour: str
) -> None:
    assert change(metric, value, before, n_before) == told
    assert tone(metric, told) == colour


def test_nothing_is_a_dash() -> None:
    assert figure("finish_rate", None) == "–"
    assert game("") == "All games"
    assert game("light-cycles") == "Light Cycles"
