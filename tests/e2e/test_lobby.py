"""What the lobby offers, and what leaving the table for it means to the others."""

import pytest
from playwright.sync_api import expect

from support.guests import Guests
from support.processes import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_the_lobby_and_its_clocks(server: ServerProcess, new_player: Guests) -> None:
    who_goes_to_the_lobby_is_away_until_they_are_back(server, new_player)
    new_player.all_leave()
    the_clock_of_a_room_is_chosen_and_told(server, new_player)
    new_player.all_leave()
    a_room_without_a_clock(server, new_player)


def who_goes_to_the_lobby_is_away_until_they_are_back(server: ServerProcess, new_player: Guests) -> None:
    """A lobby that needs no connection says nothing about it; a table does."""
    ada = new_player(server.url, "Ada")
    expect(ada.at("new-room")).to_be_visible()
    expect(ada.at("net-pill")).to_have_count(0)
    code = ada.create_room()
    ada.sees_connection("connected")
    bo = new_player(server.url, "Bo")
    bo.join_by_code(code)
    ada.sees_turn(0)
    expect(bo.at("plate-0")).not_to_contain_text("Away")
    ada.at("leave").click()
    expect(bo.at("plate-0")).to_contain_text("Away")
    expect(bo.at("plate-0")).to_contain_text("Ada")
    ada.page.go_back()
    expect(bo.at("plate-0")).not_to_contain_text("Away")
    ada.drop(3)
    bo.sees_disc(5, 3, 0)


def the_clock_of_a_room_is_chosen_and_told(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, "Ada")
    ada.at("clock-choice").get_by_text("3 min + 2 s").click()
    code = ada.create_room()
    expect(ada.page.locator(".invite")).to_contain_text("3 min + 2 s each")
    bo = new_player(server.url, "Bo")
    bo.open(f"{server.url}/r/{code}")
    expect(bo.page.get_by_text("3 min + 2 s")).to_be_visible()
    bo.take_place()
    expect(bo.at("clock-1")).to_have_text("3:00")


def a_room_without_a_clock(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, "Ada")
    ada.at("clock-choice").get_by_text("No clock").click()
    ada.play_bot()
    ada.sees_turn(0)
    expect(ada.at("clock-0")).to_have_count(0)
    expect(ada.page.get_by_text("No clock")).to_be_visible()
