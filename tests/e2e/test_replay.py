"""A finished match, looked at again: by keyboard, by a link to one moment, from the log, and played on."""

import re

import pytest
from playwright.sync_api import expect

from support.guests import Guests
from support.processes import ServerProcess
from support.table_page import TablePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

MOVES = (3, 4, 3, 4, 3, 4, 3)
"""Seat 0 wins in column 4."""


def test_a_match_is_looked_at_again(server: ServerProcess, new_player: Guests) -> None:
    ada, _, room = _played(server, new_player)
    by_keyboard(ada)
    a_link_shows_anybody_that_moment(ada, room, new_player)
    the_log_of_the_table_leads_there(ada, room)
    played_on_from_a_move(ada, room, new_player)
    new_player.all_leave()
    a_running_match_and_one_that_never_was(server, new_player)
    new_player.all_leave()
    through_another_players_eyes(server, new_player)


def _played(server: ServerProcess, new_player: Guests) -> tuple[TablePage, TablePage, str]:
    """Ada beat Bo; the room's id."""
    ada = new_player(server.url, "Ada")
    code = ada.create_room()
    bo = new_player(server.url, "Bo")
    bo.join_by_code(code)
    for move, column in enumerate(MOVES):
        player = (ada, bo)[move % 2]
        player.sees_turn(move % 2)
        player.drop(column)
    for player in (ada, bo):
        player.sees_winner(0)
    return ada, bo, ada.room_id()


def by_keyboard(ada: TablePage) -> None:
    ada.at("replay-link").click()
    caption, keyboard = ada.at("replay-caption"), ada.page.keyboard
    expect(caption).to_contain_text("Ada wins, four in a row")
    keyboard.press("Home")
    expect(caption).to_contain_text("the beginning")
    ada.sees_disc_count(0)
    for _ in range(3):
        keyboard.press("ArrowRight")
    expect(caption).to_contain_text("move 3")
    ada.sees_disc_count(3)
    keyboard.press("ArrowLeft")
    ada.sees_disc_count(2)
    for _ in range(3):
        keyboard.press("]")
    expect(ada.at("replay-speed")).to_have_text("8×")
    keyboard.press("[")
    expect(ada.at("replay-speed")).to_have_text("4×")
    keyboard.press(" ")
    ada.sees_disc_count(7)
    expect(ada.at("replay-play")).to_have_text("Play")
    expect(ada.page).to_have_url(re.compile(r"#ply=7$"))


def a_link_shows_anybody_that_moment(ada: TablePage, room: str, new_player: Guests) -> None:
    cy = new_player(ada.url, "Cy", viewport={"width": 390, "height": 780}, has_touch=True)
    cy.open(f"{ada.url}/replay/{room}#ply=4&seat=1")
    expect(cy.at("replay-caption")).to_contain_text("move 4")
    cy.sees_disc_count(4)
    expect(cy.at("clock-1")).to_have_text(re.compile(r"^10:\d\d$"))
    assert not cy.scrolls_sideways()
    cy.at("replay-slider").fill("6")
    cy.sees_disc_count(6)
    expect(cy.page).to_have_url(re.compile(r"#ply=6&seat=1$"))


def the_log_of_the_table_leads_there(ada: TablePage, room: str) -> None:
    ada.open(f"{ada.url}/room/{room}")
    ada.at("move-log").get_by_text("Bo: column 5").nth(1).click()
    expect(ada.at("replay-caption")).to_contain_text("move 4")
    ada.sees_disc_count(4)


def played_on_from_a_move(ada: TablePage, room: str, new_player: Guests) -> None:
    ada.open(f"{ada.url}/replay/{room}#ply=6")
    ada.sees_disc_count(6)
    ada.at("fork").click()
    ada.at("fork-friend").click()
    code = ada.code()
    assert ada.room_id() != room
    cy = new_player(ada.url, "Cy")
    cy.join_by_code(code)
    ada.sees_disc_count(6)
    ada.sees_turn(0)
    ada.drop(0)
    for player in (ada, cy):
        player.sees_disc(5, 0, 0)
    cy.sees_turn(1)


def a_running_match_and_one_that_never_was(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, "Ada")
    room = ada.make_room("connect-four")
    ada.open(f"{server.url}/replay/{room}")
    expect(ada.page.get_by_role("heading", name="Nothing was played here yet")).to_be_visible()
    ada.sit_at(room)
    bo = new_player(server.url, "Bo")
    bo.sit_at(room)
    ada.sees_turn(0)
    ada.drop(3)
    bo.sees_disc(5, 3, 0)
    ada.open(f"{server.url}/replay/{room}")
    ada.sees_disc_count(1)
    bo.drop(3)
    bo.sees_disc(4, 3, 1)
    ada.at("renew").click()
    expect(ada.at("replay-slider")).to_have_attribute("max", "2")
    ada.sees_disc_count(1)
    ada.page.keyboard.press("End")
    ada.sees_disc_count(2)
    ada.open(f"{server.url}/replay/{room}#match=7")
    expect(ada.page.get_by_role("heading", name="There is no such match")).to_be_visible()


def through_another_players_eyes(server: ServerProcess, new_player: Guests) -> None:
    """Liar's Dice, once it is over: each seat's own dice, which nobody else saw."""
    ada = new_player(server.url, "Ada")
    ada.sit_at(ada.make_room("liars-dice", bots=1))
    ada.sees_turn(0)
    room = ada.room_id()
    ada.resign()
    expect(ada.at("outcome")).to_be_visible()
    ada.open(f"{server.url}/replay/{room}#ply=0")
    expect(ada.at("replay-slider")).to_be_visible()
    hidden = ada.page.locator(".felt .is-hidden")
    expect(hidden).to_have_count(10)
    ada.at("replay-seat").select_option("1")
    expect(hidden).to_have_count(5)
    expect(ada.page).to_have_url(re.compile(r"#ply=0&seat=1$"))
    ada.at("replay-seat").select_option("")
    expect(hidden).to_have_count(10)
