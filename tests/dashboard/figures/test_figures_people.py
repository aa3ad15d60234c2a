"""Figures of people, play, trends and the server: Plotly itself takes each, in the palette's colours."""

import json

import pandas as pd
import plotly.graph_objects as go
import pytest

from kibitz_dashboard.core.catalogue import metric
from kibitz_dashboard.core.pairs import Pair
from kibitz_dashboard.figures import features, gameplay, performance, players, retention, trend
from kibitz_dashboard.gameplay.tables import seats
from kibitz_dashboard.palette import DARK, LIGHT, Palette

DAYS = pd.to_datetime(["2026-11-21", "2026-11-22", "2026-11-23"])


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> Palette:
    return request.param  # type: ignore[no-any-return]


def cells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cohort_at": [DAYS[0], DAYS[0], DAYS[1]],
            "day_n": [1, 7, 1],
            "n_cohort": [200, 200, 12],
            "n_retained": [50, 20, 6],
        }
    )


def figures(colours: Palette) -> list[go.Figure]:
    lasted = Pair(pd.DataFrame({"p50_ms": [9000.0], "p95_ms": [50_000.0]}), None)
    people = pd.DataFrame({"at": DAYS, "dau": [4, 5, 6], "wau": [9, 9, 9], "mau": [20, 20, 21]})
    kinds = ("n_new", "n_returning", "n_resurrected", "n_dormant")
    timed = pd.DataFrame(
        {"at": DAYS, "p50_ms": [4.0, None, 5.0], "p95_ms": [9.0, None, 8.0], "p99_ms": [20.0, None, 30.0]}
    )
    used = pd.DataFrame(
        {
            "at": DAYS,
            **{
                key: [1000000.0, None, 2000000.0]
                for key in ("cpu_max", "cpu_avg", "rss_max", "rss_avg", "websocket_max", "polling_max")
            },
        }
    )
    played = {"game": ["liars-dice", "liars-dice"], "phase": ["bidding", ""], "action_type": ["bid", ""]}
    seat = pd.DataFrame(
        {
            "game": "connect-four",
            "n_seats": 2,
            "seat": [0, 1],
            "n_matches": 90,
            "n_won": [70, 20],
            "n_drew": 0,
        }
    )
    feature = pd.DataFrame({"name": ["replay", "chat"], "adoption": [0.2, None], "stickiness": [None, 0.5]})
    values = pd.DataFrame(
        {"at": DAYS, "value": [1500.0, 2500.0, 900.0], "expected": [1400.0, 1400.0, 1400.0]}
    )
    ahead = pd.DataFrame(
        {"at": DAYS + pd.Timedelta(days=3), "value": [1.0, 2.0, 3.0], "low": 0.5, "high": 4000.0}
    )
    return [
        players.active(people, colours),
        players.comings(pd.DataFrame({"at": DAYS, **{key: [1, 2, 3] for key in kinds}}), colours),
        players.lengths(
            pd.DataFrame({"from_ms": [1000.0], "to_ms": [1189.0], "n": [4]}), colours, lasted, things="waits"
        ),
        players.moves(pd.DataFrame({"at": DAYS, "n_moves": [3, 0, 9]}), colours),
        retention.matrix(cells(), colours, is_bracket=False),
        retention.curve(cells(), colours, is_bracket=False),
        retention.curve(cells(), colours, is_bracket=True),
        gameplay.thinking(
            pd.DataFrame({**played, "n": [3, 4], "p50_ms": [900.0, 50.0], "p95_ms": [4e3, 60.0]}), colours
        ),
        gameplay.phases(pd.DataFrame({**played, "n_left": [3, 4], "mean_ms": [900.0, None]}), colours),
        gameplay.left(pd.DataFrame({**played, "seat": [None, 1], "n_matches": [2, 3]}), colours),
        gameplay.fairness(seats(seat), colours),
        gameplay.refusals(
            pd.DataFrame(
                {"what": ["refused", "conflict"], "reason": ["illegal", "merge, merge"], "n": [4, 1]}
            ),
            colours,
        ),
        performance.percentiles(timed, colours, step="day"),
        performance.processor(used, colours, step="hour"),
        performance.memory(used, colours, step="day"),
        performance.connections(used, colours, step="day"),
        features.taken_up(feature, colours),
        features.by_day(
            pd.DataFrame({"at": DAYS, "name": "replay", "n_users": [1, 2, 3]}), colours, ["replay"]
        ),
        trend.curve(values, values, ahead, values, metric("duration_p50_ms"), colours),
        trend.curve(values, None, ahead.iloc[:0], values.iloc[:0], metric("dau"), colours),
    ]


def test_plotly_itself_takes_every_figure(colours: Palette) -> None:
    other = DARK if colours is LIGHT else LIGHT
    for figure in figures(colours):
        said = figure.to_json()
        again = go.Figure(json.loads(said))
        assert again.layout.hoverlabel.bgcolor == colours.surface
        assert other.accent not in said
        assert "NaN" not in said


def test_open_cells_are_empty_and_few_people_are_grey() -> None:
    sure, few = retention.matrix(cells(), LIGHT, is_bracket=False).data
    assert json.loads(json.dumps(sure.z)) == [[None, None], [0.25, 0.1]]
    assert json.loads(json.dumps(few.z)) == [[0.5, None], [None, None]]
    assert few.textfont["color"] == LIGHT.muted


def test_a_seat_that_wins_too_often_is_not_in_the_quiet_colour() -> None:
    wins = pd.DataFrame(
        {
            "game": "connect-four",
            "n_seats": 2,
            "seat": [0, 1],
            "n_matches": 90,
            "n_won": [70, 20],
            "n_drew": 0,
        }
    )
    dots = gameplay.fairness(seats(wins), LIGHT).data[0]
    assert set(dots.marker["color"]) == {LIGHT.seats[1]}
