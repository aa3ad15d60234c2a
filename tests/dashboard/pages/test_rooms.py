"""The list of rooms in each of its states."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from support.admin_rest import AdminRest
from support.analytics_journal import JournalFile, Row, at, two_seat_room

Open, Words = Callable[..., AppTest], Callable[[AppTest], str]
PAGE = "pages/rooms.py"


def over_four_weeks(app: AppTest) -> AppTest:
    return app.segmented_control(key="period").set_value("28d").run()


def test_normal(open_page: Open, words_of: Words, known_rows: list[Row]) -> None:
    app = over_four_weeks(open_page(PAGE))
    assert not app.exception
    table = app.dataframe[0].value
    assert len(table) == len({row.room for row in known_rows})
    assert list(table.columns) == [
        *("Room", "Status", "Game", "Players", "Matches", "Moves", "Played", "Last outcome", "Last event"),
    ]
    assert table["Moves"].sum() == sum(row.kind == "action" and row.type == "drop" for row in known_rows)
    assert f"Rooms active {len(table):,}" in words_of(app)


def test_names_come_from_the_server_while_a_room_is_open(
    open_page: Open, rest: AdminRest, data: Path, publish: Callable[[Path], None]
) -> None:
    room = "a-room-that-is-open"
    JournalFile(data / "journal.sqlite").append(two_seat_room(room, at("2026-11-23 12:00:00")))
    publish(data)
    rest.rooms = [
        {
            "room_id": room,
            "game": "connect-four",
            "status": "playing",
            "seats": [
                {"seat": 0, "player": "p_1", "name": "Ann", "is_bot": False, "status": "connected"},
                {"seat": 1, "player": None, "name": None, "is_bot": False, "status": None},
            ],
        }
    ]
    table = over_four_weeks(open_page(PAGE)).dataframe[0].value
    assert table.loc[table["Room"] == room[:8], "Players"].tolist() == ["Ann"]


def test_closed_rooms_only(open_page: Open) -> None:
    app = over_four_weeks(open_page(PAGE))
    app.selectbox(key="status").set_value("closed").run()
    assert set(app.dataframe[0].value["Status"]) == {"· Closed"}


@pytest.mark.parametrize("data", ["empty"], indirect=True)
def test_empty(open_page: Open) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert any("No room fits these filters" in caption.value for caption in app.caption)
    assert not app.dataframe


@pytest.mark.parametrize("data", ["stale"], indirect=True)
def test_stale(open_page: Open) -> None:
    app = over_four_weeks(open_page(PAGE))
    assert not app.exception
    assert "may be old" in app.warning[0].value
    assert len(app.dataframe) == 1


@pytest.mark.parametrize("data", ["nothing"], indirect=True)
def test_before_the_first_mart(open_page: Open, words_of: Words) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert "No data yet" in words_of(app)
