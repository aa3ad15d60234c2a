"""Light Cycles in real browsers: two play to the end, and a bot rides for who is away."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from support.arena_page import ArenaPage
from support.guests import Guests
from support.processes import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DRAW_P95_MS = 6.0


def two_at_a_table(
    new_player: Guests, url: str, *, points: int = 1, **bo: object
) -> tuple[ArenaPage, ArenaPage]:
    ada, guest = ArenaPage(new_player(url, "Ada")), ArenaPage(new_player(url, "Bo", **bo))
    guest.table.join_by_code(ada.create(points=points))
    ada.sees_phase("countdown")
    return ada, guest


def test_two_play_to_the_end_and_watch_it_again(server: ServerProcess, new_player: Guests) -> None:
    """One by keys, one on a phone at night, by the buttons. Who wins is settled before each race: Ada is
    out after 8 cells, and Bo has 16 before him, so it does not matter how late the pages are."""
    ada, bo = two_at_a_table(new_player, server.url, points=2, color_scheme="dark", **PHONE)
    steer_so_that_bo_wins(ada, bo)
    for page in (ada, bo):
        assert not page.table.scrolls_sideways()
        assert Axe().run(page.table.page).violations_count == 0
    for page in (ada, bo):
        page.sees_points(1, 1)
        page.sees_points(0, 0)
    ada.sees_phase("countdown", 60_000)
    steer_so_that_bo_wins(ada, bo)
    assert ada.ends() == bo.ends() == "1"
    for page in (ada, bo):
        page.sees_phase("finished")
        page.sees_points(1, 2)
        page.sees_points(0, 0)
    assert ada.draw_p95_ms() <= DRAW_P95_MS
    assert bo.draw_p95_ms() <= DRAW_P95_MS
    ada.table.open(f"{server.url}/replay/{ada.table.room_id()}")
    expect(ada.at("replay-slider")).to_be_visible()
    ada.sees_phase("finished")
    ada.at("replay-slider").focus()
    ada.press("Home")
    ada.sees_phase("countdown")


def steer_so_that_bo_wins(ada: ArenaPage, bo: ArenaPage) -> None:
    """During the countdown."""
    ada.turns_into_the_near_edge()
    left_of = {"left": "down", "right": "up"}
    wanted = left_of[bo.heading()]
    expect(bo.at("turn-left")).to_be_visible()
    bo.at("turn-left").dispatch_event("pointerdown", {"isPrimary": True})
    assert bo.heading() == wanted


def test_away_left_and_told_where_one_is(server: ServerProcess, new_player: Guests) -> None:
    a_bot_rides_for_who_is_away_until_they_are_back(server, new_player)
    new_player.all_leave()
    a_match_that_everybody_left_waits_for_them(server, new_player)
    new_player.all_leave()
    the_page_says_where_one_is_and_turns_at_once(server, new_player)


def a_bot_rides_for_who_is_away_until_they_are_back(server: ServerProcess, new_player: Guests) -> None:
    ada, bo = two_at_a_table(new_player, server.url, points=9)
    ada.sees_phase("racing")
    bo.table.page.goto("about:blank")
    expect(ada.at("plate-1")).to_contain_text("a bot plays on")
    bo.table.page.go_back()
    expect(ada.at("plate-1")).not_to_contain_text("a bot plays on", timeout=15_000)
    expect(bo.board).to_be_visible()


def a_match_that_everybody_left_waits_for_them(server: ServerProcess, new_player: Guests) -> None:
    ada = ArenaPage(new_player(server.url, "Ada"))
    ada.create(points=9, bots=True)
    ada.sees_phase("racing")
    room = ada.table.page.url
    ada.table.page.goto("about:blank")
    eve = ArenaPage(new_player(server.url, "Eve"))
    eve.table.open(f"{room}#watch")
    expect(eve.at("paused")).to_be_visible()
    ada.table.open(room)
    expect(eve.at("paused")).to_have_count(0, timeout=15_000)


def the_page_says_where_one_is_and_turns_at_once(server: ServerProcess, new_player: Guests) -> None:
    ada = ArenaPage(new_player(server.url, "Ada"))
    ada.create(points=9, bots=True)
    ada.sees_phase("racing")
    assert re.match(r"You ride right at column \d+ of 48, row \d+ of 30\.", ada.where())
    ada.press("ArrowUp")
    assert "You ride up" in ada.where(), "before the server can have answered"


@pytest.mark.full
def test_on_a_long_way_one_s_own_rider_is_where_it_is_shown(
    server: ServerProcess, new_player: Guests
) -> None:
    """150 ms each way, and up to 50 ms more: the server hardly ever says otherwise."""
    ada = ArenaPage(new_player(server.url, "Ada", viewport={"width": 1400, "height": 900}))
    bo = ArenaPage(new_player(server.url, "Bo"))
    code = ada.create(points=9)
    ada.table.open(f"{ada.table.page.url}?lab")
    ada.at("lab-latency").fill("300")
    ada.at("lab-jitter").fill("50")
    bo.table.join_by_code(code)
    turns = 0
    for _ in range(3):
        ada.sees_phase("racing", 60_000)
        for key in ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowRight"):
            ada.press(key)
            turns += 1
            ada.table.page.wait_for_timeout(400)
        ada.sees_phase("round_over", 60_000)
    ada.draw_p95_ms()
    assert ada.corrections() <= turns // 2
