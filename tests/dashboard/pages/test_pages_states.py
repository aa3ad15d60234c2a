"""Trends, people, play and performance: each page with a full, an empty, an old and no mart at all."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from support.admin_rest import AdminRest
from support.analytics_journal import Row, at
from support.analytics_telemetry import TelemetryFile

Open, Words = Callable[..., AppTest], Callable[[AppTest], str]
CHARTS = {"trends": 1, "retention": 2, "gameplay": 3, "players": 5, "performance": 4, "features": 2}
"""Charts that a month of play with telemetry fills."""
EMPTY = {
    "trends": "No day of this period is over yet",
    "retention": "Nobody who was new in this period",
    "gameplay": "Nobody acted in this period.",
    "players": "Nobody was active in this period.",
    "performance": "No action was handled in this period.",
    "features": "No feature was used in this period",
    "player": "Which player?",
}
PAGES = list(EMPTY)


def over_four_weeks(app: AppTest) -> AppTest:
    return app.segmented_control(key="period").set_value("28d").run()


def path(page: str) -> str:
    return f"pages/{page}.py"


@pytest.fixture
def told(data: Path, publish: Callable[[Path], None]) -> Path:
    """The data directory with a week of telemetry beside the journal."""
    telemetry = TelemetryFile(data / "telemetry.sqlite")
    for day in range(8):
        when = at("2026-11-16 12:00:00") + timedelta(days=day)
        for table in ("sessions", "samples", "errors", "features", "refusals", "conflicts", "incidents"):
            telemetry.add(table, when)
        for subject, name in (
            ("event", "act"),
            ("route", "GET /api/rooms"),
            ("commit", ""),
            ("loop_lag", ""),
        ):
            telemetry.add("latencies", when, subject=subject, name=name)
        telemetry.add("waits", when, player_id=f"p_{day}")
    publish(data)
    return data


@pytest.mark.parametrize("page", CHARTS)
def test_normal(open_page: Open, told: Path, page: str) -> None:
    app = over_four_weeks(open_page(path(page)))
    assert not app.exception
    assert len(app.get("plotly_chart")) >= CHARTS[page]
    assert app.metric
    assert app.dataframe


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("data", ["empty"], indirect=True)
def test_empty(open_page: Open, words_of: Words, page: str) -> None:
    app = open_page(path(page))
    assert not app.exception
    assert EMPTY[page] in words_of(app)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("data", ["stale"], indirect=True)
def test_stale(open_page: Open, page: str) -> None:
    app = open_page(path(page))
    assert not app.exception
    assert "may be old" in app.warning[0].value


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("data", ["nothing"], indirect=True)
def test_before_the_first_mart(open_page: Open, words_of: Words, page: str) -> None:
    app = open_page(path(page))
    assert not app.exception
    assert "No data yet" in words_of(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_role_that_nobody_knows_sees_nothing(
    open_page: Open, rest: AdminRest, words_of: Words, page: str
) -> None:
    rest.role = "guest"
    app = open_page(path(page))
    assert "Not for your role" in words_of(app)
    assert not app.metric
    assert not app.dataframe


@pytest.mark.parametrize("page", PAGES)
def test_an_analyst_may_read(open_page: Open, rest: AdminRest, words_of: Words, page: str) -> None:
    rest.role = "analyst"
    assert "Not for your role" not in words_of(open_page(path(page)))


@pytest.mark.parametrize("counted", ["classic", "rolling", "hours24", "bracket"])
def test_each_way_of_counting_retention(open_page: Open, counted: str) -> None:
    app = over_four_weeks(open_page(path("retention"), counted=counted))
    assert not app.exception
    assert [metric.label for metric in app.metric][-1] == (
        "Days 15 to 30" if counted == "bracket" else "Day 30"
    )


def test_one_player(open_page: Open, words_of: Words, known_rows: list[Row]) -> None:
    ended = [row for row in known_rows if isinstance(row.outcome, dict)]
    seated = {(row.room, row.match): row.args["players"] for row in known_rows if row.kind == "started"}  # type: ignore[index]
    matches = Counter(player for row in ended for player in seated[row.room, row.match])
    one = next(player for player, _ in matches.most_common() if player.startswith("p_"))
    won = sum(
        seated[row.room, row.match][row.outcome["winner"]] == one  # type: ignore[index]
        for row in ended
        if row.outcome["winner"] is not None  # type: ignore[index]
    )
    app = open_page(path("player"), player=one)
    assert not app.exception
    rows = app.dataframe[0].value
    assert len(rows) == matches[one]
    assert rows["Replay"].str.startswith("https://play.example/replay/").all()
    assert (rows["Result"] == "Won").sum() == won
    assert f"Matches {matches[one]:,}" in words_of(app)


def test_nobody_of_that_name(open_page: Open, words_of: Words) -> None:
    app = open_page(path("player"), player="' or 1=1 --")
    assert not app.exception
    assert "No player" in words_of(app)


def test_what_the_client_weighs_is_shown_where_the_server_tells(open_page: Open, rest: AdminRest) -> None:
    app = open_page(path("performance"))
    assert app.dataframe[-1].value["Size"].tolist() == [20_100]
