"""Three people and a spectator at Liar's Dice: a whole match in real browsers, and dice that are verified."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from support.dice_page import DicePage
from support.guests import Guests
from support.processes import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def seat_at_a_new_table(
    new_player: Guests, url: str, *names: str, dice: int = 1, **contexts: dict[str, object]
) -> list[DicePage]:
    """Players at one table, in the order of their seats; the match has begun."""
    pages = [DicePage(new_player(url, name, **contexts.get(name, {}))) for name in names]
    code = pages[0].create(seats=len(pages), dice=dice)
    for page in pages[1:]:
        page.table.join_by_code(code)
    pages[0].sees_phase("bidding")
    return pages


def test_three_players_and_a_spectator_finish_a_match(server: ServerProcess, new_player: Guests) -> None:
    """One plays by polling, one reloads in the middle; at the end all can verify the dice."""
    players = seat_at_a_new_table(
        new_player,
        server.url,
        "Ada",
        "Bo",
        "Cy",
        dice=2,
        Bo={"websocket": False, "viewport": {"width": 390, "height": 844}, "has_touch": True},
        Cy={"color_scheme": "dark"},
    )
    ada, bo, cy = players
    bo.table.sees_connection("connected", "polling")
    eve = DicePage(new_player(server.url, "Eve"))
    eve.table.open(f"{server.url}/room/{ada.table.room_id()}#watch")
    eve.sees_phase("bidding")
    for seat in range(3):
        eve.sees_hidden(seat, dice=2)
    promised = eve.at("promise").locator("code").inner_text()
    rounds = 0
    has_reloaded = False
    while eve.phase() != "finished":
        rounds += 1
        assert rounds <= 6, "three players with two dice each have five to lose"
        eve.sees_phase("bidding")
        first = players[eve.turn()]
        first.bid()
        if not has_reloaded and rounds == 2:
            dice = cy.own_dice()
            cy.table.page.reload()
            cy.sees_phase("bidding")
            assert cy.own_dice() == dice, "a reload changes nothing"
            has_reloaded = True
        second = players[eve.turn(but=players.index(first))]
        second.call()
        eve.sees_shown()
        for page in players:
            expect(page.at("reveal")).to_contain_text("there are")
        if eve.phase() == "finished":
            break
        for page in players:
            page.ready()
        eve.sees_round(rounds + 1)
    assert has_reloaded
    for page in (*players, eve):
        expect(page.at("outcome")).to_be_visible()
    winner = ada.at("outcome").get_attribute("data-winner")
    assert winner is not None
    expect(eve.at("outcome")).to_have_attribute("data-winner", winner)
    for page in (*players, eve):
        said = page.verify()
        assert f"of {rounds} rounds follow from it" in said
        assert f"The fingerprint {promised} was on this page before the first bid" in said
    assert "under your cup" in players[int(winner)].at("proof").inner_text()


def test_dice_tumble_where_motion_is_wanted_and_changed_ones_are_not_proved(
    server: ServerProcess, new_player: Guests
) -> None:
    """The one browser's own arithmetic is bent: it finds a die that does not follow from the seed."""
    watch = """
    globalThis.animated = [];
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (frames, options) {
      animated.push(JSON.stringify(frames));
      return animate.call(this, frames, options);
    };
    """
    bend = """
    const sign = SubtleCrypto.prototype.sign;
    SubtleCrypto.prototype.sign = async function (...args) {
      const bytes = new Uint8Array(await sign.apply(this, args));
      if (globalThis.isBent) bytes[7] ^= 1;
      return bytes.buffer;
    };
    """
    ada, bo = seat_at_a_new_table(
        new_player,
        server.url,
        "Ada",
        "Bo",
        Ada={"init_script": watch + bend},
        Bo={"init_script": watch, "reduced_motion": "reduce"},
    )
    ada.bid()
    bo.call()
    moved = []
    for page in (ada, bo):
        page.sees_shown()
        frames: list[str] = page.table.page.evaluate("globalThis.animated")
        moved.append(any("rotate" in each for each in frames))
    assert moved == [True, False], "dice tumble once they are shown, but not for who wants no motion"
    ada.sees_phase("finished")
    assert "nobody chose" in ada.verify()
    ada.table.page.evaluate("globalThis.isBent = true")
    ada.at("verify").click()
    expect(ada.at("proof")).to_have_attribute("data-proved", "false")
    expect(ada.at("proof")).to_contain_text("Round 1: the dice are not those of the seed.")


def test_the_table_can_be_read_in_every_look(server: ServerProcess, new_player: Guests) -> None:
    for scheme in ("light", "dark"):
        axe_finds_nothing_at_any_stage(server, new_player, scheme)
        new_player.all_leave()
    for width in (320, 1200):
        six_sit_at_one_table(server, new_player, width)
        new_player.all_leave()


def axe_finds_nothing_at_any_stage(server: ServerProcess, new_player: Guests, scheme: str) -> None:
    narrow = {"viewport": {"width": 320, "height": 700}, "has_touch": True, "color_scheme": scheme}
    guest = DicePage(new_player(server.url, "Gus", **narrow))
    guest.pick()
    _has_no_violations(guest, "the lobby with the game's options")
    assert not guest.table.scrolls_sideways()
    ada, bo = seat_at_a_new_table(
        new_player, server.url, "Ada", "Bo", dice=2, Ada={"color_scheme": scheme}, Bo=narrow
    )
    _has_no_violations(ada, "bidding")
    _has_no_violations(bo, "waiting for a bid")
    for height in bo.targets():
        assert height >= 44, "everything to touch is 44 pixels at least"
    ada.bid()
    bo.call()
    ada.sees_shown()
    for page in (ada, bo):
        _has_no_violations(page, "the dice are shown")
        assert not page.table.scrolls_sideways()
    bo.table.resign()
    ada.sees_phase("finished")
    ada.verify()
    for page in (ada, bo):
        _has_no_violations(page, "the match is over")
        assert not page.table.scrolls_sideways()


def six_sit_at_one_table(server: ServerProcess, new_player: Guests, width: int) -> None:
    ada = DicePage(new_player(server.url, "Ada", viewport={"width": width, "height": 800}))
    ada.create(seats=6, dice=5, bots=True)
    ada.sees_phase("bidding")
    for seat in range(1, 6):
        expect(ada.at(f"cup-{seat}")).to_be_visible()
        expect(ada.at(f"plate-{seat}")).to_be_visible()
    assert not ada.table.scrolls_sideways()


def _has_no_violations(player: DicePage, where: str) -> None:
    page = player.table.page
    page.evaluate(
        """() => Promise.allSettled(
            document.getAnimations()
                .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
                .map((animation) => animation.finished)
        ).then(() => null)"""
    )
    found = Axe().run(page)
    assert found.violations_count == 0, f"{where}:\n{found.generate_report()}"
