"""What an admin can do on a room's page: offered where the state allows it, confirmed, and told."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from support.admin_rest import AdminRest
from support.analytics_journal import JournalFile, Row, at, two_seat_room

Open, Words = Callable[..., AppTest], Callable[[AppTest], str]
PAGE = "pages/room.py"
ROOM = "room-under-test"
DAY = at("2026-11-23 10:00:00")


@pytest.fixture
def history(data: Path) -> list[Row]:
    """Three moves, of which the last was taken back."""
    rows = two_seat_room(ROOM, DAY, moves=3)
    rows.append(Row(ROOM, "rewound", DAY + timedelta(minutes=1), match=1, args={"to_version": 6}))
    JournalFile(data / "journal.sqlite").append(rows)
    return rows


def held(rest: AdminRest, status: str, *, match: int = 1, seats: int = 2, **more: Any) -> None:
    """The room as the server holds it."""
    players = [
        {"seat": seat, "player": f"p_{seat}" if seat < seats else None, "name": f"*Ann* {seat}"}
        for seat in range(2)
    ]
    room = {"room_id": ROOM, "game": "connect-four", "status": status, "seats": players, "match": match}
    rest.details[ROOM] = {"room": room, "epoch": "e", "host": "p_0", "host_name": "![x](//y.z)", **more}
    rest.rooms = [room]


def steps(rest: AdminRest, rows: list[Row]) -> None:
    """The history as the server tells it."""
    rest.history = [
        {
            "version": version,
            "timestamp": row.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "trigger": row.kind,
            "match": row.match,
            "seat": row.seat,
            "status_from": None if version == 1 else "waiting",
            "status_to": "playing" if version >= 4 else "waiting",
            "from": None,
            "to": "playing" if version >= 4 else None,
        }
        for version, row in enumerate(rows, 1)
    ]


def offered(app: AppTest) -> list[str]:
    return [button.key.removeprefix("ask-") for button in app.button if button.key.startswith("ask-")]


@pytest.mark.parametrize(
    ("status", "more", "commands"),
    [
        ("waiting", {"match": 0}, ["kick", "close"]),
        ("waiting", {"match": 0, "seats": 0}, ["close"]),
        ("playing", {}, ["pause", "rewind", "kick", "close"]),
        ("paused", {}, ["resume", "rewind", "kick", "close"]),
        ("finished", {}, ["rewind", "kick", "close"]),
        ("faulted", {}, ["release", "rewind", "close"]),
        ("faulted", {"refusal": "room_faulted"}, ["release"]),
    ],
)
def test_only_what_the_state_allows(
    open_page: Open,
    rest: AdminRest,
    history: list[Row],
    status: str,
    more: dict[str, Any],
    commands: list[str],
) -> None:
    held(rest, status, **more)
    app = open_page(PAGE, room=ROOM)
    assert not app.exception
    assert offered(app) == commands


def test_acts_that_are_refused_can_be_released(open_page: Open, rest: AdminRest, history: list[Row]) -> None:
    held(rest, "playing")
    rest.faults = {"rooms": [], "acts": [{"room_id": ROOM, "why": "crash", "at_ms": 1, "action": "drop"}]}
    assert offered(open_page(PAGE, room=ROOM))[-1] == "release"


def submit(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return app.run()


def test_a_pause_is_confirmed_with_its_reason(
    open_page: Open, words_of: Words, rest: AdminRest, history: list[Row]
) -> None:
    held(rest, "playing")
    app = open_page(PAGE, room=ROOM)
    app.button(key="ask-pause").click().run()
    assert "**Pause?** The clocks stand still" in words_of(app)
    assert rest.commands == []
    app.text_input(key="pause-reason").input("fire alarm")
    submit(app, "Pause the room")
    assert rest.commands == [(ROOM, "pause", {"reason": "fire alarm"})]
    assert "The room is paused: version 9." in [each.value for each in app.success]
    assert "**Pause?**" not in words_of(app)


def test_leaving_it_as_it_is_does_nothing(
    open_page: Open, words_of: Words, rest: AdminRest, history: list[Row]
) -> None:
    held(rest, "playing")
    app = open_page(PAGE, room=ROOM)
    app.button(key="ask-close").click().run()
    submit(app, "Leave it as it is")
    assert rest.commands == []
    assert "**Close?**" not in words_of(app)


def test_a_rewind_shows_what_it_keeps_and_takes_back(
    open_page: Open, words_of: Words, rest: AdminRest, history: list[Row]
) -> None:
    held(rest, "playing")
    app = open_page(PAGE, room=ROOM)
    app.button(key="ask-rewind").click().run()
    choice = app.selectbox(key="rewind-version")
    assert [int(option.split(" · ")[0]) for option in choice.options] == [8, 6, 5, 4]
    choice.set_value(5).run()
    previews = [
        frame.value for frame in app.dataframe if list(frame.value.columns) == ["Version", "What", "Seat"]
    ]
    assert [table["Version"].tolist() for table in previews] == [[4, 5], [6, 8]]
    assert "**2 events** after it would no longer count" in words_of(app)
    links = [each.proto.url for each in app.get("link_button")]
    assert f"https://play.example/replay/{ROOM}#match=1&version=5" in links
    submit(app, "Rewind the match")
    assert rest.commands == [(ROOM, "rewind", {"to_version": 5})]


def test_a_seat_is_kicked(open_page: Open, rest: AdminRest, history: list[Row]) -> None:
    held(rest, "playing")
    app = open_page(PAGE, room=ROOM)
    app.button(key="ask-kick").click().run()
    app.selectbox(key="kick-seat").set_value(1)
    submit(app, "Kick the player")
    assert rest.commands == [(ROOM, "kick", {"seat": 1})]


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (409, "wrong_phase", "Not done. The room is not in a state that allows it"),
        (503, "room_faulted", "Not done. The room is faulted"),
        (503, "unavailable", "Not done. The server cannot write just now"),
        (418, "teapot", r"Not done. teapot (teapot)"),
        (401, "unauthenticated", "Not done. Your session has ended"),
    ],
)
def test_a_refusal_is_said_in_words(
    open_page: Open, rest: AdminRest, history: list[Row], status: int, code: str, said: str
) -> None:
    held(rest, "paused")
    rest.refusals["resume"] = status, code
    app = open_page(PAGE, room=ROOM)
    app.button(key="ask-resume").click().run()
    submit(app, "Let it go on")
    assert not app.exception
    assert rest.commands == []
    assert app.error[0].value.startswith(said)


def test_who_is_no_admin_any_more_does_nothing(
    open_page: Open, words_of: Words, rest: AdminRest, history: list[Row]
) -> None:
    held(rest, "playing")
    app = open_page(PAGE, room=ROOM)
    app.button(key="ask-close").click().run()
    rest.tokens.clear()
    submit(app, "Close the room for good")
    assert rest.commands == []
    assert "Please log in" in words_of(app)


def test_a_faulted_room_says_why(
    open_page: Open, words_of: Words, rest: AdminRest, history: list[Row]
) -> None:
    fault = {
        "room_id": ROOM,
        "game": "connect-four",
        "version": 8,
        "why": "faults",
        "at_ms": 1,
        "error": "Oh: no",
    }
    held(rest, "faulted", out_of_play=fault)
    app = open_page(PAGE, room=ROOM)
    assert "is out of play: its game failed too often" in words_of(app)
    assert "Rewind to a version before it failed" in words_of(app)
    assert app.code[0].value == "Oh: no"


def test_a_room_that_only_the_journal_knows(open_page: Open, words_of: Words, history: list[Row]) -> None:
    app = open_page(PAGE, room=ROOM)
    assert not app.exception
    assert "The room is closed: it can be replayed" in words_of(app)
    assert offered(app) == []


def test_what_led_where(open_page: Open, words_of: Words, rest: AdminRest, history: list[Row]) -> None:
    held(rest, "playing")
    steps(rest, history)
    app = open_page(PAGE, room=ROOM)
    assert not app.exception
    table = next(frame.value for frame in app.dataframe if "Trigger" in frame.value)
    assert table["Version"].tolist() == list(range(8, 0, -1))
    assert table["Counts"].tolist()[:3] == ["yes", "taken back", "yes"]
    assert table["Replay"].tolist()[0] == f"https://play.example/replay/{ROOM}#match=1&version=8"
    assert table["Replay"].tolist()[1] == ""
    graphs = [each.proto.spec for each in app.get("graphviz_chart")]
    assert len(graphs) == 2
    assert '"waiting" -> "playing" [label="started"]' in graphs[0]
    assert "Pale stretches were taken back" in words_of(app)


@pytest.mark.parametrize("data", ["nothing"], indirect=True)
def test_it_needs_no_mart(open_page: Open, rest: AdminRest, history: list[Row]) -> None:
    held(rest, "playing")
    app = open_page(PAGE, room=ROOM)
    assert not app.exception
    assert offered(app) == ["pause", "rewind", "kick", "close"]


def test_names_of_players_are_no_markup(
    open_page: Open, words_of: Words, rest: AdminRest, history: list[Row]
) -> None:
    held(rest, "playing")
    said = words_of(open_page(PAGE, room=ROOM))
    assert "![x]" not in said
    assert r"\!\[x\]" in said


def test_a_match_in_real_time(open_page: Open, words_of: Words, data: Path, rest: AdminRest) -> None:
    rows = [
        Row(ROOM, "created", DAY, player="p_0", game="light-cycles"),
        Row(ROOM, "joined", DAY, seat=0, player="p_0"),
        Row(ROOM, "started", DAY, match=1, args={"players": ["p_0"]}),
        Row(
            ROOM,
            "ticks",
            DAY,
            match=1,
            args={"first": 1, "count": 20, "inputs": [[3, 0, "turn", {}, "p_0", "a"]]},
        ),
    ]
    JournalFile(data / "journal.sqlite").append(rows)
    app = open_page(PAGE, room=ROOM)
    assert not app.exception
    assert "20 ticks in 1 rows of the journal, 1 inputs" in words_of(app)
    table = next(frame.value for frame in app.dataframe if "What" in frame.value and "Match" in frame.value)
    assert table["What"].tolist()[-1] == "Ticks 1 to 20 · 1 inputs"


def test_an_analyst_looks_and_is_offered_nothing(
    open_page: Open, words_of: Words, rest: AdminRest, history: list[Row]
) -> None:
    rest.role = "analyst"
    held(rest, "playing")
    app = open_page(PAGE, room=ROOM)
    assert not app.exception
    assert "match 1 · epoch `e`" in words_of(app)
    assert offered(app) == []
    assert "What admins did here" not in words_of(app)
    assert not any(call.startswith("GET /api/admin/audit") for call in rest.calls)
    for page in ("pages/sql.py", "pages/audit.py"):
        assert "Not for your role" in words_of(open_page(page))
