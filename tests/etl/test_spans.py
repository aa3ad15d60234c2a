"""Stretches of hours and days: neighbours are one, gaps stay gaps until there are too many."""

from datetime import timedelta

import pytest

from kibitz_etl.spans import DAY, HOUR, MOST_SPANS, spans
from support.analytics_journal import naive

START = naive("2026-11-20 00:00:00")


def hours(*numbers: int) -> list[object]:
    return [START + number * HOUR for number in numbers]


@pytest.mark.parametrize(
    ("touched", "expected"),
    [
        ((), []),
        ((5,), [(5, 6)]),
        ((1, 2, 3), [(1, 4)]),
        ((3, 1, 2, 2), [(1, 4)]),
        ((1, 3), [(1, 2), (3, 4)]),
        ((0, 1, 72, 73), [(0, 2), (72, 74)]),
    ],
)
def test_neighbours_are_joined(touched: tuple[int, ...], expected: list[tuple[int, int]]) -> None:
    assert spans(hours(*touched), HOUR) == [  # type: ignore[arg-type]
        (START + first * HOUR, START + last * HOUR) for first, last in expected
    ]


def test_very_many_are_bridged_over_their_shortest_gaps() -> None:
    touched = [START + 2 * number * HOUR for number in range(200)] + [START + timedelta(days=300)]
    found = spans(touched, HOUR)
    assert len(found) <= MOST_SPANS
    assert found[-1] == (START + timedelta(days=300), START + timedelta(days=300) + HOUR)
    assert all(any(start <= hour < end for start, end in found) for hour in touched)


def test_a_long_stretch_comes_in_pieces_without_gap() -> None:
    found = spans([START + number * DAY for number in range(100)], DAY)
    assert len(found) == 4
    assert found[0][0] == START
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]
    assert found[-1][1] == START + 100 * DAY
