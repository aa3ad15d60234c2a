"""Figures: what is drawn is what was counted, in the colours of the seats."""

import math

import pandas as pd
import pytest

from kibitz_dashboard.core.pairs import Pair
from kibitz_dashboard.figures import matches
from kibitz_dashboard.palette import DARK, LIGHT, Palette, palette


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> Palette:
    found: Palette = request.param
    return found


def test_activity_stacks_what_ended(colours: Palette) -> None:
    rows = pd.DataFrame(
        {"at": pd.to_datetime(["2026-11-22", "2026-11-23"]), "n_finished": [4, 0], "n_abandoned": [1, 0]}
    )
    figure = matches.activity(rows, colours, step="day")
    assert [(bar.name, list(bar.y)) for bar in figure.data] == [("Finished", [4, 0]), ("Abandoned", [1, 0])]
    assert figure.layout.barmode == "stack"
    assert figure.layout.showlegend is True
    assert matches.activity(rows.assign(n_abandoned=0), colours, step="day").layout.showlegend is False


def test_outcomes_have_the_colours_and_shapes_of_the_seats(colours: Palette) -> None:
    rows = pd.DataFrame(
        {
            "outcome_kind": ["line", "line", "full", "abandoned"],
            "winner_seat": pd.array([0, 1, None, None], dtype="Int32"),
            "n_matches": [6, 3, 2, 1],
        }
    )
    figure = matches.outcomes(rows, colours)
    assert [(bar.name, bar.marker.color) for bar in figure.data] == [
        ("● Seat 1 won", colours.seats[0]),
        ("▲ Seat 2 won", colours.seats[1]),
        ("Nobody won", colours.muted),
    ]
    assert list(figure.layout.yaxis.categoryarray) == ["Line completed", "Board full", "Abandoned"]
    assert sum(sum(bar.x) for bar in figure.data) == 12


def test_durations_are_on_a_logarithmic_axis_with_readable_ticks(colours: Palette) -> None:
    rows = pd.DataFrame(
        {"from_ms": [10_000.0, 100_000.0], "to_ms": [11_892.0, 118_920.0], "n_matches": [3, 4]}
    )
    lasted = Pair(pd.DataFrame({"p50_ms": [60_000.0], "p95_ms": [None]}), None)
    figure = matches.durations(rows, colours, lasted)
    assert list(figure.data[0].y) == [3, 4]
    assert figure.data[0].x[0] == pytest.approx((math.log10(10_000) + math.log10(11_892)) / 2)
    assert list(figure.layout.xaxis.ticktext) == ["10 s", "30 s", "1 min", "2 min"]
    assert [note.text for note in figure.layout.annotations] == ["median 1 min 00 s"]


def test_moves(colours: Palette) -> None:
    moves = pd.DataFrame({"n_moves": [7, 9], "n_matches": [1, 2]})
    assert list(matches.moves_per_match(moves, colours).data[0].y) == [1, 2]


def test_think_times_are_split_by_seat(colours: Palette) -> None:
    figure = matches.think_times([1, 2, 3], [1500, 700, 3000], [0, 1, 0], colours)
    assert [(list(bar.x), list(bar.y)) for bar in figure.data] == [([1, 3], [1.5, 3.0]), ([2], [0.7])]


def test_the_theme_decides_the_palette() -> None:
    assert (palette("dark"), palette("light"), palette(None)) == (DARK, LIGHT, LIGHT)
