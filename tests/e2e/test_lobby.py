"""What the lobby offers, and what leaving the table for it means to the others."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.processes import ROOT, ServerProcess
from support.table_page import TablePage

pytestmark = pytest.mark.browser

NewPlayer = Callable[..., TablePage]


def test_who_goes_to_the_lobby_is_away_until_they_are_back(server: ServerProcess, new_player: NewPlayer):
    ada = new_player(server.url, "Ada")
    code = ada.create_room()
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


def test_a_lobby_that_needs_no_connection_says_nothing_about_it(server: ServerProcess, new_player: NewPlayer):
    ada = new_player(server.url, "Ada")
    expect(ada.at("new-room")).to_be_visible()
    expect(ada.at("net-pill")).to_have_count(0)
    ada.create_room()
    ada.sees_connection("connected")


def test_the_clock_of_a_room_is_chosen_and_told(server: ServerProcess, new_player: NewPlayer):
    ada = new_player(server.url, "Ada")
    ada.at("clock-choice").get_by_text("3 min + 2 s").click()
    code = ada.create_room()
    expect(ada.page.locator(".invite")).to_contain_text("3 min + 2 s each")
    bo = new_player(server.url, "Bo")
    bo.open(f"{server.url}/r/{code}")
    expect(bo.page.get_by_text("3 min + 2 s")).to_be_visible()
    bo.take_place()
    expect(bo.at("clock-1")).to_have_text("3:00")


def test_a_room_without_a_clock(server: ServerProcess, new_player: NewPlayer):
    ada = new_player(server.url, "Ada")
    ada.at("clock-choice").get_by_text("No clock").click()
    ada.play_bot()
    ada.sees_turn(0)
    expect(ada.at("clock-0")).to_have_count(0)
    expect(ada.page.get_by_text("No clock")).to_be_visible()


def test_a_game_that_the_page_cannot_draw_is_shown_as_a_tree(tmp_path: Path, new_player: NewPlayer):
    """A package announces a game for which the client has no renderer."""
    package = tmp_path / "packages" / "toys-1.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: toys\nVersion: 1\n")
    (package / "entry_points.txt").write_text("[kibitz.games]\ntally = support.toy_games:Tally\n")
    paths = [str(ROOT / "server"), str(ROOT / "tests"), str(package.parent)]
    with ServerProcess(tmp_path / "data") as server:
        server.start(env={"PYTHONPATH": os.pathsep.join(paths)})
        server.wait_ready()
        ada = new_player(server.url, "Ada")
        ada.at("game-tally").get_by_test_id("pick").click()
        ada.at("seats-choice").get_by_text("2", exact=True).click()
        code = ada.create_room()
        bo = new_player(server.url, "Bo")
        bo.join_by_code(code)
        for player in (ada, bo):
            expect(player.at("board")).to_contain_text("total")
            expect(player.at("move-log")).to_contain_text("The match began")
        ada.open(f"{server.url}/replay/{ada.room_id()}")
        expect(ada.at("board")).to_contain_text("total")
        expect(ada.at("replay-slider")).to_be_visible()
