"""The audit log: filtered by the server, page by page."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from support.admin_rest import AdminRest

Open, Words = Callable[..., AppTest], Callable[[AppTest], str]
PAGE = "pages/audit.py"


def line(number: int, action: str, **more: object) -> dict[str, object]:
    return {"number": number, "at_ms": 1_795_000_000_000, "actor": "ada", "action": action, **more}


def test_who_did_what(open_page: Open, rest: AdminRest) -> None:
    refused = line(7, "room_pause_refused", subject="room-1", detail="wrong_phase")
    rest.audit = {"entries": [refused, line(6, "login", address="127.0.0.1")], "next": None}
    app = open_page(PAGE)
    assert not app.exception
    table = app.dataframe[0].value
    assert table["What"].tolist() == ["Pause a room: refused", "Logged in"]
    assert table["Detail"].tolist() == ["wrong_phase", "—"]
    assert not app.button


def test_filters_and_pages_are_the_servers(open_page: Open, rest: AdminRest) -> None:
    rest.audit = {"entries": [line(7, "room_close", subject="room-1")], "next": 7}
    app = open_page(PAGE)
    app.selectbox(key="audit-what").set_value("room_close").run()
    app.text_input(key="audit-room").set_value("room-1").run()
    app.button(key="audit-older").click().run()
    assert rest.calls[-1] == "GET /api/admin/audit?before=7&action=room_close&subject=room-1&limit=100"
    app.text_input(key="audit-who").set_value("ada").run()
    assert "before" not in rest.calls[-1]
    assert "actor=ada" in rest.calls[-1]


def test_nothing_fits(open_page: Open, rest: AdminRest) -> None:
    app = open_page(PAGE)
    assert "Nothing in the log fits" in app.info[0].value
    rest.audit = {"entries": [], "next": 5}
    app.run()
    assert "older entries may" in app.info[0].value


def test_the_server_goes_away(open_page: Open, words_of: Words, rest: AdminRest) -> None:
    rest.audit = {"nonsense": True}
    app = open_page(PAGE)
    assert not app.exception
    assert "The log cannot be read" in words_of(app)
