"""Games from elsewhere: played to the end without a board of their own, and with the module one brings."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from support.guests import Guests
from support.processes import ROOT, ServerProcess
from support.table_page import TablePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

REVERSI = ROOT / "tests" / "support" / "reversi.py"
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True}
PYPROJECT = """
[project]
name = "kibitz-{name}"
version = "1"
[project.entry-points."kibitz.games"]
{name} = "kibitz_{name}:Reversi"
"""
BROKEN_VIEW = """
export function mount(root, host) {
  return { update() { throw new Error("no ink left"); } };
}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Reversi three times: as it is, drawn by the module of docs/views.md, and with one that throws; beside
    it a game without anything to draw by, which an installed package announces."""
    here = tmp_path_factory.mktemp("games")
    drawn = re.search(r"```js\n(.*?)```", (ROOT / "docs" / "views.md").read_text("utf-8"), re.DOTALL)
    assert drawn is not None
    paths = [REVERSI, _package(here, "drawn", drawn[1]), _package(here, "torn", BROKEN_VIEW)]
    installed = here / "packages" / "toys-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: toys\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[kibitz.games]\ntally = support.toy_games:Tally\n")
    found = [str(ROOT / "server"), str(ROOT / "tests"), str(installed.parent)]
    with ServerProcess(here / "data") as running:
        running.start("--games", ",".join(map(str, paths)), env={"PYTHONPATH": os.pathsep.join(found)})
        running.wait_ready()
        yield running


def _package(here: Path, name: str, view: str) -> Path:
    folder = here / name
    (folder / f"kibitz_{name}").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT.format(name=name), "utf-8")
    rules = REVERSI.read_text("utf-8").replace(
        'name = "reversi"', f'name = "{name}"\n    view_module = "kibitz_{name}:view.js"'
    )
    (folder / f"kibitz_{name}" / "__init__.py").write_text(rules, "utf-8")
    (folder / f"kibitz_{name}" / "view.js").write_text(view, "utf-8")
    return folder


def _two(server: ServerProcess, new_player: Guests, game: str, side: int) -> tuple[TablePage, TablePage]:
    ada = new_player(server.url, "Ada")
    room = ada.make_room(game, side=side)
    ada.sit_at(room)
    bo = new_player(server.url, "Bo", color_scheme="dark", **PHONE)
    bo.sit_at(room)
    ada.sees_turn(0)
    return ada, bo


def test_games_from_elsewhere(server: ServerProcess, new_player: Guests) -> None:
    one_is_played_to_the_end_by_mouse_touch_and_keyboard(server, new_player)
    new_player.all_leave()
    the_lobby_offers_it(server, new_player)
    new_player.all_leave()
    its_own_module_draws_it(server, new_player)
    new_player.all_leave()
    one_whose_module_throws_is_drawn_plainly(server, new_player)
    new_player.all_leave()
    one_that_the_page_cannot_draw_is_shown_as_a_tree(server, new_player)


def one_is_played_to_the_end_by_mouse_touch_and_keyboard(server: ServerProcess, new_player: Guests) -> None:
    ada, bo = _two(server, new_player, "reversi", side=4)
    ada.at("cell-0-0").click()
    expect(ada.at("toast")).to_have_text("That turns nothing over.")
    outcome = ada.at("outcome")
    for move in range(40):
        # Both have seen the move before (and how the match began): Ada's page says whose turn it is.
        for one in (ada, bo):
            expect(one.page.locator(".moves li")).to_have_count(move + 1)
        mover = ada.page.locator('[data-turn="true"]').or_(outcome).first
        expect(mover).to_be_visible()
        if outcome.is_visible():
            break
        seat = 0 if ada.at("plate-0").get_attribute("data-turn") == "true" else 1
        player = (ada, bo)[seat]
        player.sees_turn(seat)
        hints = player.page.locator(".g-cell.is-hint")
        if hints.count() == 0:
            player.at("action-pass").get_by_role("button").click()
        elif seat == 1:
            hints.first.tap()
        elif move % 4 == 0:
            hints.first.focus()
            player.page.keyboard.press("Enter")
        else:
            hints.first.click()
    for player in (ada, bo):
        expect(player.at("outcome")).to_contain_text("Most discs")
        assert player.page.locator('[data-owner=""][role=gridcell]').count() < 8
        assert not player.scrolls_sideways()
        assert Axe().run(player.page).violations_count == 0
    ada.at("replay-link").click()
    expect(ada.at("replay-slider")).to_be_visible()
    ada.page.keyboard.press("Home")
    ada.sees_disc_count(4)


def the_lobby_offers_it(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, "Ada")
    card = ada.at("game-reversi")
    expect(card).to_contain_text("Reversi")
    expect(card).to_contain_text("Outflank their discs")


def its_own_module_draws_it(server: ServerProcess, new_player: Guests) -> None:
    ada, bo = _two(server, new_player, "drawn", side=8)
    expect(ada.page.locator(".rv button")).to_have_count(64)
    ada.at("cell-2-3").click()
    for player in (ada, bo):
        player.sees_disc(3, 3, 0)
    expect(bo.at("move-log")).to_contain_text("Ada: d3")
    bo.at("cell-2-2").tap()
    ada.sees_disc(2, 2, 1)
    assert Axe().run(ada.page).violations_count == 0
    ada.open(f"{ada.url}/replay/{ada.room_id()}#ply=1")
    ada.sees_disc_count(5)


def one_whose_module_throws_is_drawn_plainly(server: ServerProcess, new_player: Guests) -> None:
    ada, bo = _two(server, new_player, "torn", side=8)
    expect(ada.at("view-fault")).to_contain_text("no ink left")
    ada.at("cell-2-3").click()
    bo.sees_disc(3, 3, 0)


def one_that_the_page_cannot_draw_is_shown_as_a_tree(server: ServerProcess, new_player: Guests) -> None:
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
