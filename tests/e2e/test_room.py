"""An evening of two people at one table: from the invite link to the replay of the rematch."""

import re

import pytest
from playwright.sync_api import expect

from support.guests import Guests
from support.processes import ServerProcess
from support.table_page import TablePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_two_people_at_one_table(server: ServerProcess, new_player: Guests) -> None:
    ada, bo = new_player(server.url, "Ada"), new_player(server.url, "Bo")
    an_invite_link_seats_who_follows_it(ada, bo)
    a_move_is_seen_by_both_and_the_turn_goes_on(ada, bo)
    chat_reaches_the_other_one(ada, bo)
    the_pill_tells_the_truth_about_the_link(ada)
    bo.drop(5)
    the_newer_tab_plays_and_the_older_one_takes_the_seat_back(ada, bo)
    who_resigned_has_a_rematch_where_the_other_one_begins(ada, bo)
    a_finished_game_can_be_replayed(ada, bo)


def an_invite_link_seats_who_follows_it(ada: TablePage, bo: TablePage) -> None:
    code = ada.create_room()
    shown = ada.at("invite-link").input_value()
    assert shown.endswith(f"/r/{code}")
    bo.open(shown)
    bo.take_place()
    expect(ada.at("plate-1")).to_contain_text("Bo")
    expect(bo.at("plate-0")).to_contain_text("Ada")


def a_move_is_seen_by_both_and_the_turn_goes_on(ada: TablePage, bo: TablePage) -> None:
    ada.drop(3)
    for player in (ada, bo):
        player.sees_disc(5, 3, 0)
    bo.sees_turn(1)
    bo.drop(3)
    for player in (ada, bo):
        player.sees_disc(4, 3, 1)
    expect(ada.at("move-log")).to_contain_text("4")


def chat_reaches_the_other_one(ada: TablePage, bo: TablePage) -> None:
    ada.at("chat-input").fill("good <b>luck</b>")
    ada.at("chat-send").click()
    expect(bo.at("chat-log")).to_contain_text("good <b>luck</b>")


def the_pill_tells_the_truth_about_the_link(ada: TablePage) -> None:
    ada.sees_connection("connected", "websocket")
    ada.page.context.set_offline(True)
    expect(ada.at("net-pill")).not_to_have_attribute("data-status", "connected", timeout=20_000)
    ada.page.context.set_offline(False)
    ada.sees_connection("connected")
    ada.drop(6)
    ada.sees_disc(5, 6, 0)


def the_newer_tab_plays_and_the_older_one_takes_the_seat_back(ada: TablePage, bo: TablePage) -> None:
    ada.sees_turn(0)
    second = TablePage(ada.page.context.new_page(), ada.url, "Ada")
    second.sit_at(ada.room_id())
    expect(ada.at("superseded")).to_be_visible()
    second.drop(0)
    for player in (ada, bo, second):
        player.sees_disc(5, 0, 0)
    bo.drop(1)
    ada.at("superseded").get_by_role("button").click()
    expect(ada.at("superseded")).to_have_count(0)
    expect(second.at("superseded")).to_be_visible()
    ada.drop(2)
    for player in (ada, bo, second):
        player.sees_disc(5, 2, 0)
    assert second.errors == []
    second.page.close()


def who_resigned_has_a_rematch_where_the_other_one_begins(ada: TablePage, bo: TablePage) -> None:
    ada.resign()
    for player in (ada, bo):
        player.sees_winner(1)
    ada.at("rematch").click()
    bo.at("rematch").click()
    bo.sees_turn(1)
    bo.drop(0)
    for player in (ada, bo):
        player.sees_disc(5, 0, 1)


def a_finished_game_can_be_replayed(ada: TablePage, bo: TablePage) -> None:
    """The rematch: four of Bo's in the first column."""
    for row in (4, 3, 2):
        ada.drop(1)
        bo.sees_disc(row + 1, 1, 0)
        bo.drop(0)
        ada.sees_disc(row, 0, 1)
    expect(ada.at("outcome")).to_be_visible()
    ada.open(f"{ada.url}/replay/{ada.room_id()}")
    slider = ada.at("replay-slider")
    expect(slider).to_be_visible()
    slider.focus()
    ada.page.keyboard.press("Home")
    expect(ada.at("cell-5-0")).not_to_have_attribute("data-owner", re.compile("[01]"))
    ada.page.keyboard.press("End")
    ada.sees_disc(2, 0, 1)
