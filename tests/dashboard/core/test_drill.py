"""From an aggregate to its rooms: addresses that say the same thing as the number."""

from datetime import timedelta

import pytest

from kibitz_dashboard.core.drill import column_of_time, players, room, rooms
from kibitz_dashboard.core.filters import Filters
from kibitz_dashboard.core.periods import Window
from support.analytics_journal import naive

WINDOW = Window(naive("2026-11-17 00:00:00"), naive("2026-11-23 13:00:00"))
PLAIN = Filters(WINDOW, None)


def test_the_window_and_the_filters_go_along() -> None:
    filters = Filters(WINDOW, None, game="dice", bots="with", zone="Asia/Tokyo")
    link = rooms(filters, outcome="abandoned")
    assert link.page == "pages/rooms.py"
    assert link.query == {
        "period": "range",
        "days": ["2026-11-17", "2026-11-23"],
        "game": "dice",
        "bots": "with",
        "zone": "Asia/Tokyo",
        "outcome": "abandoned",
    }
    assert link.within == {
        "outcome": "abandoned",
        "via": "period=range&days=2026-11-17&days=2026-11-23&game=dice&bots=with&zone=Asia%2FTokyo",
    }
    assert link.url().startswith("/rooms?period=range&days=2026-11-17&days=2026-11-23&game=dice")


def test_what_is_not_filtered_is_not_said() -> None:
    assert rooms(PLAIN).query == {"period": "range", "days": ["2026-11-17", "2026-11-23"]}
    assert room("abc").within == {"room": "abc"}


def test_people_are_on_a_page_of_their_own() -> None:
    link = players(Filters(WINDOW, None, game="dice"))
    assert (link.page, link.label, link.query["game"]) == ("pages/players.py", "Players", "dice")


def test_a_clicked_day() -> None:
    link = column_of_time(PLAIN, {"x": "2026-11-18 12:00"}, "day")
    assert link is not None
    assert link.query["days"] == ["2026-11-18", "2026-11-18"]


def test_a_clicked_hour_is_one_of_the_readers_zone() -> None:
    link = column_of_time(Filters(WINDOW, None, zone="Asia/Tokyo"), {"x": "2026-11-18 03:00"}, "hour")
    assert link is not None
    assert (link.query["days"], link.query["from_hour"]) == (["2026-11-17", "2026-11-17"], "18")


@pytest.mark.parametrize("point", [{}, {"x": None}, {"x": "yesterday"}, {"x": 3}])
def test_a_click_on_nothing(point: dict[str, object]) -> None:
    assert column_of_time(PLAIN, point, "day") is None


def test_a_room_at_an_event() -> None:
    assert room("abc", match=2, version=17).url() == "/room?room=abc&match=2&version=17"
    assert room("a/b").url() == "/room?room=a%2Fb"


def test_the_window_of_a_link_is_the_one_of_its_number() -> None:
    before = WINDOW.moved(-timedelta(weeks=1))
    assert rooms(PLAIN, before).query["days"] == ["2026-11-10", "2026-11-16"]
