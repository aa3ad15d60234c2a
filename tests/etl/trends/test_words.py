import pytest

from kibitz_etl.trends.words import Direction, direction, sentence


@pytest.mark.parametrize(
    ("slope", "low", "high", "level", "expected"),
    [
        (1.0, 0.5, 1.5, 100, Direction.RISING),
        (-1.0, -1.5, -0.5, 100, Direction.FALLING),
        (1.0, -0.1, 2.0, 100, Direction.FLAT),
        (0.1, 0.09, 0.11, 1_000, Direction.FLAT),
    ],
)
def test_direction(slope: float, low: float, high: float, level: float, expected: Direction) -> None:
    assert direction(slope, low, high, level) is expected


@pytest.mark.parametrize(
    ("metric", "numbers", "expected"),
    [
        ("dau", (2.0, 1.0, 3.0, 400.0), "Rising by about 14 a week (+3.5 %), between 7 and 21."),
        ("dau", (-2.0, -3.0, -1.0, 400.0), "Falling by about 14 a week (-3.5 %), between 7 and 21."),
        # a line that fell below nothing has no level to be a share of
        ("dau", (-2.0, -3.0, -1.0, -4.0), "Falling by about 14 a week, between 7 and 21."),
        ("dau", (0.1, -1.0, 1.0, 400.0), "No clear change: between -7 and +7 a week."),
        (
            "duration_p50_ms",
            (300.0, 150.0, 450.0, 60_000.0),
            "Rising by about 2.1 s a week (+3.5 %), between 1.05 s and 3.15 s.",
        ),
        (
            "finish_rate",
            (-0.005, -0.007, -0.003, 0.9),
            "Falling by about 3.5 points a week (-3.9 %), between 2.1 points and 4.9 points.",
        ),
    ],
)
def test_sentence(metric: str, numbers: tuple[float, float, float, float], expected: str) -> None:
    assert sentence(metric, *numbers) == expected
