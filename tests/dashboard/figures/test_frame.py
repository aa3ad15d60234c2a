"""What every figure of ours has, and what it keeps of its own."""

import json

import pandas as pd
import plotly.graph_objects as go
import pytest

from kibitz_dashboard.core.pairs import Pair
from kibitz_dashboard.figures import matches, rooms
from kibitz_dashboard.figures.calendar import cell, peak_hours
from kibitz_dashboard.figures.frame import finish
from kibitz_dashboard.figures.funnel import funnel
from kibitz_dashboard.figures.health import run_times
from kibitz_dashboard.palette import DARK, LIGHT, Palette


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> Palette:
    return request.param  # type: ignore[no-any-return]


def figures(colours: Palette) -> list[go.Figure]:
    days = pd.to_datetime(["2026-11-22", "2026-11-23"])
    lasted = Pair(pd.DataFrame({"p50_ms": [900.0], "p95_ms": [5000.0]}), None)
    took = pd.DataFrame({"from_ms": [500.0, 4000.0], "to_ms": [595.0, 4757.0]})
    week = pd.DataFrame(
        {"weekday": [1, 7], "hour": [0, 23], "rooms_active": [1.5, 0.0], "people_peak": [2.0, 0.0]}
    )
    runs = pd.DataFrame(
        {"started_at": days, "state": ["done", "failed"], "duration_ms": [5, 9], "rows_read": [1, 2]}
    )
    return [
        matches.activity(
            pd.DataFrame({"at": days, "n_finished": [4, 0], "n_abandoned": [1, 0]}), colours, step="day"
        ),
        matches.outcomes(
            pd.DataFrame({"outcome_kind": ["line", "full"], "winner_seat": [0, None], "n_matches": [2, 1]}),
            colours,
        ),
        matches.moves_per_match(pd.DataFrame({"n_moves": [3, 9], "n_matches": [1, 2]}), colours),
        matches.durations(took.assign(n_matches=[3, 4]), colours, lasted),
        rooms.fills(took.assign(n_rooms=[3, 4]), colours, lasted),
        rooms.concurrent(
            pd.DataFrame({"at": days, "rooms_peak": [4, 5], "matches_peak": [1, 2]}), colours, step="day"
        ),
        peak_hours(week, colours),
        funnel([("Visited", 10.0), ("Joined", 5.0), ("Started", 0.0), ("Finished", 0.0)], colours),
        run_times(runs.assign(rows_read=[1, 2]), "Europe/Paris", colours),
    ]


def test_plotly_itself_takes_every_figure(colours: Palette) -> None:
    for figure in figures(colours):
        again = go.Figure(json.loads(figure.to_json()))
        assert again.layout.font.family == "system-ui, sans-serif"
        assert again.layout.hoverlabel.bgcolor == colours.surface


def test_colours_are_of_the_palette(colours: Palette) -> None:
    other = DARK if colours is LIGHT else LIGHT
    for figure in figures(colours):
        assert other.accent not in figure.to_json()


def test_what_a_figure_says_of_itself_stays() -> None:
    own = go.Figure(layout={"yaxis": {"title": {"text": "rooms"}, "tickformat": ".0%"}, "bargap": 0.5})
    done = finish(own, LIGHT, legend=True)
    assert (done.layout.yaxis.title.text, done.layout.yaxis.tickformat, done.layout.bargap) == (
        "rooms",
        ".0%",
        0.5,
    )
    assert done.layout.yaxis.title.font.color == LIGHT.muted
    assert done.layout.showlegend


def test_a_clicked_cell_is_a_weekday_and_an_hour() -> None:
    assert cell({"x": 23, "y": "Sun"}) == {"weekday": "7", "hour": "23"}
    assert cell({"x": "?", "y": "Sun"}) == {}
    assert cell({}) == {}


def test_a_step_that_nobody_reached_has_no_share() -> None:
    figure = funnel([("Visited", 10.0), ("Joined", 0.0), ("Started", 0.0)], LIGHT)
    assert list(figure.data[0].text) == ["10", "0  ·  0.0 %", "0"]


def test_many_different_numbers_of_moves_share_columns() -> None:
    figure = matches.moves_per_match(pd.DataFrame({"n_moves": [0, 1, 599], "n_matches": [1, 2, 3]}), LIGHT)
    assert list(figure.data[0].y) == [3, 3]
    assert list(figure.data[0].customdata) == ["0 to 9", "590 to 599"]
