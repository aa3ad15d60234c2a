"""Bad links: websockets that hang, are refused or fall silent, and a move that comes too late."""

import re

import pytest
from playwright.sync_api import WebSocketRoute, expect

from support.guests import Guests
from support.processes import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


INERT_WEBSOCKET = """
window.WebSocket = class extends EventTarget {
  constructor(url) { super(); this.url = url; this.readyState = 0; this.bufferedAmount = 0; }
  send() {}
  close() { this.readyState = 3; }
};
"""


def test_bad_links(server: ServerProcess, own_server: ServerProcess, new_player: Guests) -> None:
    own_server.kill()
    own_server.start("--ping-interval-ms", "1000", "--ping-timeout-ms", "500")
    own_server.wait_ready()
    where_they_hang_the_page_polls(server, new_player)
    new_player.all_leave()
    where_they_are_refused_polling_carries_the_game(own_server, new_player)
    new_player.all_leave()
    silence_is_noticed_by_its_heartbeat(own_server, new_player)
    new_player.all_leave()
    a_late_move_is_rolled_back_with_a_message(server, new_player)


def where_they_hang_the_page_polls(server: ServerProcess, new_player: Guests) -> None:
    """As behind a proxy that swallows them: no error ever comes. A match goes on all the same."""
    ada = new_player(server.url, "Ada", init_script=INERT_WEBSOCKET)
    ada.play_bot()
    ada.sees_connection("connected", "polling")
    for move in range(2):
        ada.sees_turn(0)
        ada.drop(move)
        expect(ada.page.locator('[data-owner="1"]')).to_have_count(move + 1, timeout=15_000)
    ada.sees_disc(5, 0, 0)


def where_they_are_refused_polling_carries_the_game(server: ServerProcess, new_player: Guests) -> None:
    bo = new_player(server.url, "Bo", websocket=False)
    bo.play_bot()
    bo.sees_connection("connected", "polling")
    bo.drop(3)
    bo.sees_disc(5, 3, 0)


def silence_is_noticed_by_its_heartbeat(server: ServerProcess, new_player: Guests) -> None:
    """Without a sign of an end."""
    ada = new_player(server.url, "Ada")
    is_silent = False

    def hush(route: WebSocketRoute) -> None:
        upstream = route.connect_to_server()
        upstream.on_message(lambda message: None if is_silent else route.send(message))
        route.on_message(lambda message: None if is_silent else upstream.send(message))

    ada.page.route_web_socket("**/socket.io/**", hush)
    ada.page.reload()
    ada.play_bot()
    ada.sees_connection("connected", "websocket")
    is_silent = True
    # The sum of interval and timeout: 15 s as the server comes.
    expect(ada.at("net-pill")).not_to_have_attribute("data-status", "connected", timeout=1_500 + 2_000)
    is_silent = False
    ada.sees_connection("connected")
    ada.drop(3)
    ada.sees_disc(5, 3, 0)


def a_late_move_is_rolled_back_with_a_message(server: ServerProcess, new_player: Guests) -> None:
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
    for _ in range(100):  # until it reached the wire between
        if held:
            break
        ada.page.wait_for_timeout(50)
    assert held, "the patch was on its way"
    ada.drop(3)
    expect(ada.at("toast").first).to_be_visible()
    expect(ada.at("cell-5-3")).not_to_have_attribute("data-owner", re.compile("[01]"))
    for message in held:
        routes[-1].send(message)
    expect(ada.at("outcome")).to_be_visible()
