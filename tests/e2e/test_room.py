"""What two people, or one and a bot, do in a room."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import WebSocketRoute, expect

from support.processes import ServerProcess
from support.table_page import TablePage

pytestmark = pytest.mark.browser

NewPlayer = Callable[..., TablePage]


@pytest.fixture
def two(server: ServerProcess, new_player: NewPlayer) -> tuple[TablePage, TablePage]:
    """Ada and Bo at one table; Ada moves first."""
    ada = new_player(server.url, "Ada")
    code = ada.create_room()
    bo = new_player(server.url, "Bo")
    bo.join_by_code(code)
    expect(ada.at("plate-1")).to_contain_text("Bo")
    return ada, bo


def test_an_invite_link_seats_who_follows_it(server: ServerProcess, new_player: NewPlayer):
    ada = new_player(server.url, "Ada")
    code = ada.create_room()
    shown = ada.at("invite-link").input_value()
    assert shown.endswith(f"/r/{code}")
    bo = new_player(server.url, "Bo")
    bo.open(shown)
    bo.take_place()
    expect(ada.at("plate-1")).to_contain_text("Bo")
    expect(bo.at("plate-0")).to_contain_text("Ada")


def test_a_move_is_seen_by_both_and_the_turn_goes_on(two: tuple[TablePage, TablePage]):
    ada, bo = two
    ada.drop(3)
    for player in two:
        player.sees_disc(5, 3, 0)
    bo.sees_turn(1)
    bo.drop(3)
    for player in two:
        player.sees_disc(4, 3, 1)
    expect(ada.at("move-log")).to_contain_text("4")


def test_a_late_move_is_rolled_back_with_a_message(server: ServerProcess, new_player: NewPlayer):
    """The other one resigned; the page does not know it yet, because patches are held back on the way."""
    ada = new_player(server.url, "Ada")
    held: list[str | bytes] = []
    routes: list[WebSocketRoute] = []

    def hold_patches(route: WebSocketRoute) -> None:
        upstream = route.connect_to_server()
        routes.append(route)

        def pass_on(message: str | bytes) -> None:
            if str(message).startswith('42["patch"'):
                held.append(message)
            else:
                route.send(message)

        upstream.on_message(pass_on)

    ada.page.route_web_socket("**/socket.io/**", hold_patches)
    ada.open_lobby()
    code = ada.create_room()
    bo = new_player(server.url, "Bo")
    bo.join_by_code(code)
    expect(ada.at("plate-1")).to_contain_text("Bo")
    ada.sees_turn(0)
    bo.resign()
    expect(bo.at("outcome")).to_be_visible()
    assert held, "the patch was on its way"
    ada.drop(3)
    expect(ada.at("toast").first).to_be_visible()
    expect(ada.at("cell-5-3")).not_to_have_attribute("data-owner", re.compile("[01]"))
    for message in held:
        routes[-1].send(message)
    expect(ada.at("outcome")).to_be_visible()


def test_resign_and_rematch_where_the_other_one_begins(two: tuple[TablePage, TablePage]):
    ada, bo = two
    ada.resign()
    for player in two:
        player.sees_winner(1)
    ada.at("rematch").click()
    bo.at("rematch").click()
    bo.sees_turn(1)
    bo.drop(0)
    for player in two:
        player.sees_disc(5, 0, 1)


def test_against_the_bot(server: ServerProcess, new_player: NewPlayer):
    ada = new_player(server.url, "Ada")
    ada.play_bot()
    for move in range(2):
        ada.sees_turn(0)
        ada.drop(move)
        expect(ada.page.locator('[data-owner="1"]')).to_have_count(move + 1, timeout=15_000)


def test_chat_reaches_the_other_one(two: tuple[TablePage, TablePage]):
    ada, bo = two
    ada.at("chat-input").fill("good <b>luck</b>")
    ada.at("chat-send").click()
    expect(bo.at("chat-log")).to_contain_text("good <b>luck</b>")


def test_the_pill_tells_the_truth_about_the_link(two: tuple[TablePage, TablePage]):
    ada, _ = two
    ada.sees_connection("connected", "websocket")
    ada.page.context.set_offline(True)
    expect(ada.at("net-pill")).not_to_have_attribute("data-status", "connected", timeout=20_000)
    ada.page.context.set_offline(False)
    ada.sees_connection("connected")
    ada.drop(6)
    ada.sees_disc(5, 6, 0)


INERT_WEBSOCKET = """
window.WebSocket = class extends EventTarget {
  constructor(url) { super(); this.url = url; this.readyState = 0; this.bufferedAmount = 0; }
  send() {}
  close() { this.readyState = 3; }
};
"""


def test_where_websockets_hang_the_page_polls(server: ServerProcess, new_player: NewPlayer):
    """As behind a proxy that swallows them: no error ever comes."""
    ada = new_player(server.url, "Ada", init_script=INERT_WEBSOCKET)
    ada.play_bot()
    ada.sees_connection("connected", "polling")
    ada.drop(3)
    ada.sees_disc(5, 3, 0)


def test_a_finished_game_can_be_replayed(server: ServerProcess, two: tuple[TablePage, TablePage]):
    ada, bo = two
    for move in range(3):
        for player, column in ((ada, 3), (bo, 4)):
            player.drop(column)
            player.sees_disc(5 - move, column, 0 if player is ada else 1)
    ada.drop(3)
    expect(ada.at("outcome")).to_be_visible()
    ada.open(f"{server.url}/replay/{ada.room_id()}")
    slider = ada.at("replay-slider")
    expect(slider).to_be_visible()
    slider.focus()
    ada.page.keyboard.press("Home")
    expect(ada.at("cell-5-3")).not_to_have_attribute("data-owner", re.compile("[01]"))
    ada.page.keyboard.press("End")
    ada.sees_disc(2, 3, 0)
