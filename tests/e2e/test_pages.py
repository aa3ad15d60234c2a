"""The pages around the tables: quick match, one's own page, leaderboards, settings, the lobby with games."""

import pytest
from playwright.sync_api import Route, expect

from support.barriers import has_no_barriers, small_targets
from support.guests import Guests
from support.processes import ServerProcess
from support.table_page import RECOVERY_MS, TablePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


GAME = "connect-four"


def _quick(player: TablePage) -> None:
    player.at(f"game-{GAME}").get_by_test_id("quick").click()


def test_quick_match(own_server: ServerProcess, server: ServerProcess, new_player: Guests) -> None:
    two_strangers_meet_and_the_match_counts(own_server, new_player)
    new_player.all_leave()
    own_server.kill()
    own_server.start("--quick-bots-ms", "1000")
    own_server.wait_ready()
    bots_sit_down_where_nobody_comes(own_server, new_player)
    new_player.all_leave()
    who_stops_waiting_is_back_in_the_lobby(server, new_player)


def test_ones_games_settings_and_options(
    server: ServerProcess, own_server: ServerProcess, new_player: Guests
) -> None:
    ones_games_stand_first_and_stay_without_the_server(server, new_player)
    new_player.all_leave()
    settings_change_the_page_at_once_and_stay(server, new_player)
    new_player.all_leave()
    options_reach_the_room(server, new_player)
    new_player.all_leave()
    boards_without_anybody_and_games_that_are_none(own_server, new_player)


def two_strangers_meet_and_the_match_counts(server: ServerProcess, new_player: Guests) -> None:
    """Quick match, a rated match, both players' pages, the leaderboard, the replay from there."""
    ada, bo = (new_player(server.url, name) for name in ("Ada", "Bo"))
    _quick(ada)
    expect(ada.at("wait")).to_contain_text("Bots sit down in")
    has_no_barriers(ada.page, "wait")
    _quick(bo)
    for player in (ada, bo):
        expect(player.at("wait")).to_have_count(0)
        expect(player.at("board")).to_be_visible()
    ada.sees_turn(0)
    ada.drop(3)
    bo.sees_disc(5, 3, 0)
    bo.drop(3)
    ada.sees_disc(4, 3, 1)
    ada.resign()
    bo.sees_winner(1)

    bo.open(f"{server.url}/leaderboard/{GAME}")
    rows = bo.at("leaderboard").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Bo (you)")
    has_no_barriers(bo.page, "leaderboard")
    bo.at("me").click()
    expect(bo.page).to_have_url(f"{server.url}/player")
    expect(bo.at(f"tally-{GAME}")).to_contain_text("1 won · 0 lost")
    expect(bo.at("recent")).to_contain_text("against Ada")
    has_no_barriers(bo.page, "player")
    bo.at("recent").get_by_role("link").first.click()
    expect(bo.at("replay-slider")).to_be_visible()


def bots_sit_down_where_nobody_comes(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, "Ada")
    _quick(ada)
    expect(ada.at("board")).to_be_visible(timeout=RECOVERY_MS)
    expect(ada.at("plate-1")).to_contain_text("Bot")


def who_stops_waiting_is_back_in_the_lobby(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, "Ada")
    _quick(ada)
    expect(ada.at("wait")).to_be_visible()
    ada.page.keyboard.press("Escape")
    expect(ada.at("wait")).to_have_count(0)
    expect(ada.at("my-room")).to_have_count(0)
    expect(ada.at("new-room")).to_be_enabled()
    _quick(ada)
    ada.at("wait-bots").click()
    expect(ada.at("board")).to_be_visible()
    expect(ada.at("plate-1")).to_contain_text("Bot")


def ones_games_stand_first_and_stay_without_the_server(server: ServerProcess, new_player: Guests) -> None:
    """One's turn on top; as they were last seen while nothing can be reached."""
    ada = new_player(server.url, "Ada")
    ada.play_bot()
    ada.sees_turn(0)
    ada.open(server.url)
    expect(ada.at("my-room")).to_have_count(1)
    expect(ada.at("my-room")).to_contain_text("Your turn")
    expect(ada.page).to_have_title("Your turn · Kibitz")
    ada.create_room()
    ada.open(server.url)
    expect(ada.at("my-room")).to_have_count(2)
    expect(ada.at("my-room").first).to_have_attribute("data-turn", "true")
    has_no_barriers(ada.page, "lobby with games")

    def fail(route: Route) -> None:
        route.abort()

    ada.page.route("**/api/**", fail)
    expect(ada.at("open-rooms")).to_contain_text("cannot be reached")
    expect(ada.at("my-room")).to_have_count(2)
    has_no_barriers(ada.page, "lobby without a server")
    ada.page.unroute("**/api/**")
    expect(ada.at("open-rooms")).not_to_contain_text("cannot be reached")


def settings_change_the_page_at_once_and_stay(server: ServerProcess, new_player: Guests) -> None:
    """German where the browser asks for it; English by choice; colours; the name, told to the server."""
    ada = new_player(server.url, "Ada", locale="de-DE")
    page = ada.page
    expect(ada.at("new-room")).to_have_text("Neuer Raum")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    ada.at("settings").click()
    has_no_barriers(page, "settings")
    ada.at("set-language").get_by_text("English").click()
    expect(ada.at("new-room")).to_have_text("New room")
    ada.at("set-theme").get_by_text("Dark").click()
    page.keyboard.press("Escape")
    expect(ada.at("settings-dialog")).to_have_count(0)
    expect(ada.at("settings")).to_be_focused()
    ada.create_room()
    ada.at("settings").click()
    ada.at("settings-name-input").fill("Grace")
    ada.at("save-name").click()
    expect(ada.at("toast")).to_contain_text("Name saved")
    ada.open(f"{server.url}/player")
    expect(page.get_by_role("heading", level=1)).to_have_text("Grace")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    has_no_barriers(page, "player without a match")


def options_reach_the_room(server: ServerProcess, new_player: Guests) -> None:
    """Bots in some seats and a delay for spectators; every target is as large as a finger."""
    ada = new_player(
        server.url, "Ada", viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True
    )
    ada.at("game-liars-dice").get_by_test_id("pick").click()
    ada.at("more").locator("summary").click()
    assert small_targets(ada.page) == []
    assert not ada.scrolls_sideways()
    ada.at("seats-choice").get_by_text("3", exact=True).click()
    ada.at("bots").select_option("1")
    ada.at("delay").select_option("30 s later")
    ada.create_room()
    told = ada.page.evaluate(
        "(path) => fetch(path).then((answer) => answer.json())", f"/api/rooms/{ada.room_id()}"
    )
    assert [seat["is_bot"] for seat in told["seats"]] == [False, False, True]
    assert told["spectator_delay_ms"] == 30_000


def boards_without_anybody_and_games_that_are_none(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, "Ada", viewport={"width": 320, "height": 640})
    ada.open(f"{server.url}/leaderboard/light-cycles")
    expect(ada.page.get_by_text("The first place is free")).to_be_visible()
    assert not ada.scrolls_sideways()
    has_no_barriers(ada.page, "leaderboard without anybody")
    ada.open(f"{server.url}/leaderboard/no-such-game")
    expect(ada.at("message")).to_contain_text("There is no such game here")
    ada.open(f"{server.url}/player")
    expect(ada.at("message")).to_contain_text("You have not played here yet")
