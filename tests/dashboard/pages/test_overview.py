"""The Overview in each of its states."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from support.admin_rest import AdminRest
from support.analytics_journal import Row, naive

Open, Words = Callable[..., AppTest], Callable[[AppTest], str]


def test_normal(open_page: Open, words_of: Words, known_rows: list[Row]) -> None:
    app = open_page(period="7d")
    assert not app.exception
    since, until = naive("2026-11-17 00:00:00"), naive("2026-11-23 13:00:00")
    inside = [row for row in known_rows if since <= row.at.replace(tzinfo=None) < until]
    before = [row for row in known_rows if since <= row.at.replace(tzinfo=None) + timedelta(days=7) < until]
    created = [sum(row.kind == "created" for row in rows) for rows in (inside, before)]
    tile = next(metric for metric in app.metric if metric.label == "Rooms opened")
    assert tile.value == f"{created[0]:,}"
    assert tile.delta.startswith(f"{created[0] - created[1]:+,}")
    said = words_of(app)
    assert "Now: 0 open rooms" in said
    assert "n = " in said
    assert len(app.get("plotly_chart")) == 6


def test_charts_hold_what_was_counted(open_page: Open) -> None:
    app = open_page(period="7d")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    finished = next(trace for trace in figure["data"] if trace["name"] == "Finished")
    assert len(finished["x"]) == 7


@pytest.mark.parametrize("data", ["empty"], indirect=True)
def test_empty(open_page: Open, words_of: Words) -> None:
    app = open_page()
    assert not app.exception
    said = words_of(app)
    assert "Median duration —" in said
    assert "Rooms opened 0" in said
    assert "No match ended in this period." in said
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("data", ["stale"], indirect=True)
def test_stale(open_page: Open) -> None:
    app = open_page()
    assert not app.exception
    assert "may be old" in app.warning[0].value
    assert "9 min" in app.warning[0].value


@pytest.mark.parametrize("data", ["nothing"], indirect=True)
def test_before_the_first_mart(open_page: Open, words_of: Words) -> None:
    app = open_page()
    assert not app.exception
    assert "No data yet" in words_of(app)


@pytest.mark.parametrize("page", [None, "pages/rooms.py", "pages/room.py"])
def test_without_the_server_nobody_is_let_in(open_page: Open, words_of: Words, page: str | None) -> None:
    app = open_page(page, server_url="http://127.0.0.1:9")
    assert not app.exception
    assert "The server is away" in words_of(app)
    assert not app.metric
    assert not app.dataframe


def test_the_bots_filter_comes_from_the_url(open_page: Open, known_rows: list[Row]) -> None:
    app = open_page(period="7d", bots="With bots")
    assert app.selectbox(key="bots").value == "with"
    everything = open_page(period="7d")
    tiles = [next(m.value for m in a.metric if m.label == "Matches finished") for a in (app, everything)]
    assert int(tiles[0].replace(",", "")) < int(tiles[1].replace(",", ""))


def test_a_failed_etl_is_said(open_page: Open, data: object) -> None:
    pointer = data / "warehouse" / "current.json"  # type: ignore[operator]
    found = json.loads(pointer.read_text("utf-8"))
    pointer.write_text(json.dumps({**found, "state": "failed", "message": "The disk is full."}), "utf-8")
    app = open_page()
    assert "The disk is full." in app.error[0].value


def test_a_session_that_ends_takes_the_page_with_it(
    open_page: Open, words_of: Words, rest: AdminRest, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page()
    assert app.metric
    rest.tokens.clear()
    monkeypatch.setattr("kibitz_dashboard.core.session.BELIEVED_S", 0.0)
    app.run()
    assert not app.metric
    assert "Please log in" in words_of(app)
