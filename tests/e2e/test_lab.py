"""The lag lab: a bad line on purpose, and a match that comes through it whole."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from support.guests import Guests
from support.processes import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_the_lag_lab(server: ServerProcess, new_player: Guests) -> None:
    _300_ms_a_cut_cable_and_a_spoiled_patch_in_the_middle_of_a_match(server, new_player)
    new_player.all_leave()
    it_is_found_through_the_help(server, new_player)


def _300_ms_a_cut_cable_and_a_spoiled_patch_in_the_middle_of_a_match(
    server: ServerProcess, new_player: Guests
) -> None:
    ada = new_player(server.url, "Ada", viewport={"width": 1400, "height": 900})
    room = ada.make_room("connect-four")
    ada.open(f"{server.url}/room/{room}?lab")
    expect(ada.at("lab")).to_be_visible()
    bo = new_player(server.url, "Bo")
    bo.sit_at(room)
    ada.sees_turn(0)
    ada.at("lab-latency").fill("300")
    ada.drop(3)
    # Shown at once, and as what it is: not confirmed.
    expect(ada.at("cell-5-3")).to_have_attribute("data-pending", "true")
    expect(ada.at("lab-pending")).to_have_text("drop on 4")
    ada.sees_disc(5, 3, 0)
    ada.at("lab-spoil").click()
    bo.sees_turn(1)
    bo.drop(3)
    ada.sees_disc(4, 3, 1)
    expect(ada.at("lab-incidents")).to_have_text("checksum at 6")
    ada.at("lab-drop").click()
    expect(ada.at("net-pill")).to_have_attribute("data-status", "reconnecting")
    ada.drop(2)
    for player in (ada, bo):
        player.sees_disc(5, 2, 0)
    ada.sees_connection("connected", "websocket")
    ada.at("lab-polling").check(force=True)
    ada.sees_connection("connected", "polling")
    bo.drop(4)
    ada.sees_disc(5, 4, 1)
    expect(ada.at("lab-version")).to_have_text("8")
    assert Axe().run(ada.page).violations_count == 0
    ada.at("lab-close").click()
    expect(ada.at("lab")).to_have_count(0)
    ada.sees_connection("connected", "websocket")
    assert "lab" not in ada.page.url


def it_is_found_through_the_help(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, "Ada")
    fetched: list[str] = []
    ada.page.on("request", lambda request: fetched.append(request.url))
    ada.at("settings").press("?")
    expect(ada.at("help")).to_be_visible()
    assert Axe().run(ada.page).violations_count == 0
    assert not any("lab." in url for url in fetched)
    ada.at("help").get_by_test_id("open-lab").click()
    expect(ada.at("lab")).to_be_visible()
    expect(ada.page).to_have_url(re.compile(r"\?lab$"))
