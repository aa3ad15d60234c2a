"""What is live: rooms out of play first, then every open room, page by page."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from support.admin_rest import AdminRest

Open, Words = Callable[..., AppTest], Callable[[AppTest], str]
PAGE = "pages/live.py"


def room(number: int, status: str = "playing", game: str = "connect-four") -> dict[str, object]:
    seats = [
        {"seat": 0, "player": "p_1", "name": "Ann", "status": "connected", "transport": "websocket"},
        {"seat": 1, "player": "b_2", "name": "Bot", "is_bot": True, "status": "connected"},
        {"seat": 2, "player": None},
    ]
    return {"room_id": f"room-{number}", "game": game, "status": status, "seats": seats, "code": "ABCDEFGH"}


FAULT = {
    "room_id": "room-7",
    "game": "liars-dice",
    "version": 17,
    "why": "crash",
    "at_ms": 1_795_000_000_000,
    "doing": "act",
    "player": "p_abcdefgh",
    "action_id": "an-action-id-0000",
    "action": "bid",
    "error": "Segmentation fault",
    "recovery_points": [
        {"version": 16, "at_ms": 1_795_000_000_000, "is_intact": True},
        {"version": 8, "at_ms": 1_794_000_000_000, "is_intact": False},
    ],
}


def test_open_rooms(open_page: Open, words_of: Words, rest: AdminRest) -> None:
    rest.rooms = [room(1), room(2, "waiting", "light-cycles"), room(3, "paused", "liars-dice")]
    app = open_page(PAGE)
    assert not app.exception
    (table,) = [frame.value for frame in app.dataframe]
    assert table["Players"].tolist() == ["Ann – Bot"] * 3
    assert table["Game"].tolist() == ["Connect Four", "Light Cycles", "Liars Dice"]
    assert table["Connected"].tolist() == ["2 of 2"] * 3
    assert "**Now: 3 open rooms** · 1 playing, 1 waiting" in words_of(app)
    assert "out of play" not in words_of(app)


def test_only_what_is_shown_is_asked_for(open_page: Open, rest: AdminRest) -> None:
    app = open_page(PAGE)
    app.selectbox(key="live-status").set_value("faulted").run()
    app.text_input(key="live-room").set_value(" ABCDEFGH ").run()
    asked = [call for call in rest.calls if call.startswith("GET /api/admin/rooms")]
    assert all("limit=0" in call or "limit=50" in call for call in asked)
    assert asked[-1].endswith("?status=faulted&rooms=ABCDEFGH&limit=50")


def test_faulted_rooms_come_first_with_why_and_what_to_do(
    open_page: Open, words_of: Words, rest: AdminRest
) -> None:
    rest.rooms = [room(7, "faulted")]
    rest.faults = {
        "rooms": [FAULT],
        "acts": [{"room_id": "room-1", "why": "crash", "at_ms": 1_795_000_000_000, "action": "drop"}],
    }
    app = open_page(PAGE)
    assert not app.exception
    said = words_of(app)
    assert "`room-7` is out of play: its game crashed the server" in said
    assert "during `act` of bid by Player abcdef" in said
    assert "at version 17" in said
    assert "What to do" in said
    assert [code.value for code in app.code] == ["Segmentation fault"]
    points, acts, _ = [frame.value for frame in app.dataframe]
    assert points["Checksum"].tolist() == ["✓ fits", "✗ damaged"]
    assert acts["Why"].tolist() == ["its game crashed the server"]


def test_nothing_is_open(open_page: Open) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert "No open room fits" in app.info[0].value
    assert not app.dataframe


@pytest.mark.parametrize("data", ["nothing"], indirect=True)
def test_it_needs_no_mart(open_page: Open, rest: AdminRest) -> None:
    rest.rooms = [room(1)]
    app = open_page(PAGE)
    assert not app.exception
    assert len(app.dataframe) == 1


@pytest.mark.parametrize("page", [PAGE, "pages/audit.py"])
def test_strangers_and_a_server_that_is_away(open_page: Open, words_of: Words, page: str) -> None:
    app = open_page(page, token="forged")
    assert not app.exception
    assert "Please log in" in words_of(app)
    assert not app.dataframe
    app = open_page(page, server_url="http://127.0.0.1:9")
    assert not app.exception
    assert "The server is away" in words_of(app)
    assert not app.dataframe
