"""Playing by the keyboard alone, by what a screen reader is told alone, and by typed commands."""

import re

import pytest
from playwright.sync_api import Page, expect

from support.arena_page import ArenaPage
from support.dice_page import DicePage
from support.guests import Guests
from support.processes import ServerProcess
from support.table_page import RECOVERY_MS, TablePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def _two(server: ServerProcess, new_player: Guests, game: str, **options: object) -> list[TablePage]:
    players = [new_player(server.url, name) for name in ("Ada", "Bo")]
    room = players[0].make_room(game, **options)
    for player in players:
        player.sit_at(room)
    players[1].sees_connection("connected")
    return players


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {selector}")


def _mover(ada: TablePage, bo: TablePage) -> TablePage:
    """Whose turn it is, once both know it; Ada has the first seat."""
    turn = ada.page.locator('[data-turn="true"]')
    expect(turn).to_have_count(1, timeout=RECOVERY_MS)
    seat = 0 if turn.get_attribute("data-testid") == "plate-0" else 1
    mover = (ada, bo)[seat]
    mover.sees_turn(seat)
    return mover


def _type(player: TablePage, line: str) -> str:
    """A command and its answer."""
    if not player.at("command-input").count():
        player.page.keyboard.press("/")
        expect(player.at("command-input")).to_be_focused()
    log = player.at("command-log").locator("li")
    before = log.count()
    player.page.keyboard.type(line)
    player.page.keyboard.press("Enter")
    expect(log).to_have_count(before + 1)
    return log.last.inner_text().removeprefix(line).strip()


def test_by_keys_alone_and_by_the_accessibility_tree_alone(server: ServerProcess, new_player: Guests) -> None:
    connect_four_by_keys_alone(server, new_player)
    new_player.all_leave()
    liars_dice_by_keys_alone(server, new_player)
    new_player.all_leave()
    a_bid_of_dice_is_made_and_doubted_by_keys_alone(server, new_player)
    new_player.all_leave()
    connect_four_by_the_accessibility_tree_alone(server, new_player)


def test_by_typed_commands_and_in_german(server: ServerProcess, new_player: Guests) -> None:
    every_game_by_typed_commands(server, new_player)
    new_player.all_leave()
    the_table_speaks_german(server, new_player)


def connect_four_by_keys_alone(server: ServerProcess, new_player: Guests) -> None:
    """Arrows and Enter in the one, digits in the other; sound and rematch by keys too."""
    ada, bo = _two(server, new_player, "connect-four")
    for player in (ada, bo):
        _tab_to(player.page, "[role=gridcell]")
    for ply in range(7):
        player = (ada, bo)[ply % 2]
        player.sees_turn(ply % 2)
        expect(player.at("call")).to_have_text("Your turn.")
        if ply % 2:
            bo.page.keyboard.press("5")
        else:
            assert "column" in (ada.page.evaluate("document.activeElement.getAttribute('aria-label')") or "")
            ada.page.keyboard.press("Enter")
    expect(ada.at("call")).to_have_text("You win: four in a row.")
    expect(bo.at("call")).to_have_text("Ada wins: four in a row.")
    ada.page.keyboard.press("m")
    expect(ada.at("sound")).to_have_attribute("aria-pressed", "false")
    for player in (ada, bo):
        _tab_to(player.page, "[data-testid=rematch]")
        player.page.keyboard.press("Enter")
    bo.sees_turn(1)


def liars_dice_by_keys_alone(server: ServerProcess, new_player: Guests) -> None:
    ada, bo = _two(server, new_player, "liars-dice", dice=1)
    expect(ada.at("board")).to_have_attribute("data-phase", "bidding")
    while not ada.at("outcome").is_visible():
        mover = _mover(ada, bo)
        _tab_to(mover.page, "[data-testid=bid]")
        mover.page.keyboard.press("Enter")
        other = bo if mover is ada else ada
        expect(other.at("challenge")).to_be_enabled(timeout=RECOVERY_MS)
        _tab_to(other.page, "[data-testid=challenge]")
        other.page.keyboard.press("Enter")
        for player in (ada, bo):
            shown = player.at("outcome").or_(player.at("ready")).first
            expect(shown).to_be_visible(timeout=RECOVERY_MS)
    expect(bo.at("outcome")).to_be_visible()


def a_bid_of_dice_is_made_and_doubted_by_keys_alone(server: ServerProcess, new_player: Guests) -> None:
    ada, bo = (DicePage(table) for table in _two(server, new_player, "liars-dice", dice=3))
    ada.sees_phase("bidding")
    keyboard = ada.table.page.keyboard
    ada.at("bid-count").focus()
    keyboard.press("Control+A")
    keyboard.type("2")
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    bo.sees_standing(re.compile(r"2-[2-6]"))
    bo.at("bid-count").focus()
    bo.table.page.keyboard.press("l")
    for page in (ada, bo):
        page.sees_shown()
    expect(ada.at("ld-heard")).to_contain_text("did not believe your two")


def connect_four_by_the_accessibility_tree_alone(server: ServerProcess, new_player: Guests) -> None:
    """Nothing is looked up by hooks or classes: only roles and names, as a screen reader has them."""
    ada, bo = _two(server, new_player, "connect-four")
    for ply, column in enumerate((4, 3, 4, 3, 4, 3, 4)):
        page = (ada, bo)[ply % 2].page
        expect(page.get_by_text("Your turn.", exact=True)).to_have_count(1, timeout=RECOVERY_MS)
        row = 6 - ply // 2
        grid = page.get_by_role("grid", name="Connect Four board")
        cell = grid.get_by_role("gridcell", name=f"Row {row}, column {column}: empty")
        cell.focus()
        page.keyboard.press("Enter")
        mover = ("Ada", "Bo")[ply % 2]
        for each in (ada.page, bo.page):
            name = f"Row {row}, column {column}: {mover}, last move"
            expect(each.get_by_role("gridcell", name=name)).to_have_count(1, timeout=RECOVERY_MS)
    tree = bo.page.get_by_role("complementary", name="Match").aria_snapshot()
    assert "Ada wins" in tree
    assert re.search(r"list.*Moves", tree)
    assert tree.index("Ada: column 4") < tree.index("Bo: column 3")
    expect(ada.page.get_by_role("button", name="Rematch")).to_be_enabled()


def every_game_by_typed_commands(server: ServerProcess, new_player: Guests) -> None:
    ada, bo = _two(server, new_player, "connect-four")
    assert "not your turn" in _type(bo, "4")
    assert _type(bo, "resign") == "To give the match up, type: resign yes"
    _type(ada, "d")
    bo.sees_disc(5, 3, 0)
    _type(bo, "e5")
    assert _type(ada, "last 2") == "Ada: column 4. Bo: column 5."
    assert _type(ada, "column 5") == "Column 5: Bo, from below."
    assert re.fullmatch(r"Ada: (10|9) minutes.*\. Bo: 10 minutes.*\.", _type(ada, "clock"))
    assert "not understood" in _type(ada, "castle")
    _type(ada, "say good <b>luck</b>")
    expect(bo.at("chat-log")).to_contain_text("good <b>luck</b>")
    bo.page.keyboard.press("Escape")
    expect(bo.at("command-input")).to_have_count(0)
    _type(ada, "resign yes")
    expect(bo.at("outcome")).to_be_visible()

    ada, bo = _two(server, new_player, "liars-dice", dice=1)
    expect(ada.at("board")).to_have_attribute("data-phase", "bidding")
    first = _mover(ada, bo)
    second = bo if first is ada else ada
    assert re.match(r"Your dice: [1-6]\.", _type(first, "dice"))
    _type(first, "bid one five")
    assert "at least one five" in _type(second, "bids")
    _type(second, "challenge")
    expect(first.at("reveal").or_(first.at("outcome")).first).to_be_visible()

    ada, bo = _two(server, new_player, "light-cycles", points=1)
    arena = ArenaPage(ada)
    arena.sees_phase("racing")
    _type(ada, "where")
    expect(ada.at("arena-news")).to_have_text(re.compile("You ride|You are out|Round"))


def the_table_speaks_german(server: ServerProcess, new_player: Guests) -> None:
    ada, bo = (new_player(server.url, name, locale="de-DE") for name in ("Ada", "Bo"))
    room = ada.make_room("liars-dice", dice=1)
    for player in (ada, bo):
        player.sit_at(room)
    expect(ada.at("board")).to_have_attribute("data-phase", "bidding")
    first = _mover(ada, bo)
    expect(first.at("call")).to_have_text("Du bist dran.")
    expect(first.at("bid")).to_have_text(
        re.compile(r"^(eine|zwei) (Eins|Zwei|Drei|Vier|Fünf|Sechs)\w* bieten$")
    )
    assert _type(first, "castle").startswith("„castle“ ist unverständlich.")
    expect(first.page.locator("html")).to_have_attribute("lang", "de")
    assert first.page.get_by_role("button", name="Gelogen!").count() == 1
