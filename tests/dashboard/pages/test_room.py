"""One room, from its journal."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from support.analytics_journal import Row

Open, Words = Callable[..., AppTest], Callable[[AppTest], str]
PAGE = "pages/room.py"


def rooms_with_matches(rows: list[Row], matches: int) -> list[str]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.room] = counts.get(row.room, 0) + (row.kind == "started")
    return [room for room, n in counts.items() if n == matches]


def test_the_newest_match_move_by_move(open_page: Open, words_of: Words, known_rows: list[Row]) -> None:
    room = rooms_with_matches(known_rows, 2)[0]
    app = open_page(PAGE, room=room)
    assert not app.exception
    drops = [r for r in known_rows if r.room == room and r.match == 2 and r.type == "drop"]
    table = next(frame.value for frame in app.dataframe if "Thought" in frame.value)
    assert table["Move"].tolist() == [f"drop · column {row.args['column']}" for row in drops]  # type: ignore[index]
    assert f"n = {len(drops)} moves" in words_of(app)
    assert app.get("link_button")[0].proto.url == f"https://play.example/replay/{room}"


def test_another_match_of_the_room(open_page: Open, words_of: Words, known_rows: list[Row]) -> None:
    room = rooms_with_matches(known_rows, 2)[0]
    app = open_page(PAGE, room=room)
    app.segmented_control(key="match").set_value(1).run()
    assert not app.exception
    assert "Match 1:" in words_of(app)


def test_stepping_through_the_moves(open_page: Open, words_of: Words, known_rows: list[Row]) -> None:
    room = rooms_with_matches(known_rows, 1)[0]
    app = open_page(PAGE, room=room)
    app.slider[0].set_value(1).run()
    assert not app.exception
    assert "**1. drop" in words_of(app)


def test_a_room_without_a_match(open_page: Open, known_rows: list[Row]) -> None:
    app = open_page(PAGE, room=rooms_with_matches(known_rows, 0)[0])
    assert not app.exception
    assert "No match has started" in app.info[0].value


@pytest.mark.parametrize("room", ["", "nobody", "' or 1=1 --", "x" * 9000])
def test_an_unknown_room(open_page: Open, words_of: Words, room: str) -> None:
    app = open_page(PAGE, room=room)
    assert not app.exception
    assert "No such room" in words_of(app)


@pytest.mark.parametrize("data", ["stale"], indirect=True)
def test_stale(open_page: Open, known_rows: list[Row]) -> None:
    app = open_page(PAGE, room=known_rows[0].room)
    assert not app.exception
    assert "may be old" in app.warning[0].value


def test_without_a_journal(open_page: Open, words_of: Words, data: Path) -> None:
    for file in data.glob("journal.sqlite*"):
        file.unlink()
    app = open_page(PAGE, room="some-room")
    assert not app.exception
    assert "The journal cannot be read" in words_of(app)
