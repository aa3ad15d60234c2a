"""What tells players that it is their turn when they do not look: sound, the tab, a notice."""

import pytest
from playwright.sync_api import expect

from support.guests import Guests
from support.processes import ServerProcess
from support.table_page import TablePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


# What is heard and shown cannot be looked at from outside: the browser's own two constructors tell of it.
LISTEN = """
window.heard = [];
const Made = window.OscillatorNode;
window.OscillatorNode = class extends Made {
    constructor(context, options) { super(context, options); heard.push(options.frequency); }
};
window.asked = 0;
window.notices = [];
window.Notification = class {
    static permission = "default";
    static async requestPermission() { asked += 1; return (this.permission = "granted"); }
    constructor(title, options) { this.said = `${title}: ${options.body}`; notices.push(this.said); }
    close() { notices.splice(notices.indexOf(this.said), 1); }
};
"""
AWAY = """(isAway) => {
    const state = isAway ? "hidden" : "visible";
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
MOVE, TURN, END = {392, 196}, {523, 784}, {523, 659, 784}


def _hears(player: TablePage, tones: set[int]) -> None:
    """These and no others, since it was asked last."""
    player.page.wait_for_function("(count) => new Set(heard).size >= count", arg=len(tones))
    found: list[int] = player.page.evaluate("heard.splice(0)")
    assert set(found) == tones


def test_ear_tab_and_notice_tell_of_the_turn(server: ServerProcess, new_player: Guests) -> None:
    ada, bo = (new_player(server.url, name, init_script=LISTEN) for name in ("Ada", "Bo"))
    room = ada.make_room("connect-four")
    ada.sit_at(room)
    bo.sit_at(room)
    ada.sees_turn(0)
    expect(ada.at("notices")).to_be_visible()
    assert ada.page.evaluate("asked") == 0
    ada.at("notices").click()
    expect(ada.at("notices")).to_have_attribute("aria-pressed", "true")
    assert ada.page.evaluate("asked") == 1
    expect(ada.page).to_have_title("Your turn · Connect Four")
    icon = ada.page.locator('link[rel="icon"]')
    assert "6FB4FF" in (icon.get_attribute("href") or "")
    ada.page.evaluate("heard.splice(0)")
    ada.drop(3)
    bo.sees_turn(1)
    _hears(ada, MOVE)
    expect(ada.page).to_have_title("Connect Four")
    assert "6FB4FF" not in (icon.get_attribute("href") or "")
    assert ada.page.evaluate("notices") == []
    ada.page.evaluate(AWAY, True)
    bo.drop(3)
    ada.sees_turn(0)
    ada.page.wait_for_function("notices.length === 1")
    assert ada.page.evaluate("notices") == ["Your turn: Connect Four"]
    _hears(ada, TURN)
    ada.page.evaluate(AWAY, False)
    assert ada.page.evaluate("notices") == []
    ada.page.keyboard.press("m")
    expect(ada.at("sound")).to_have_attribute("aria-pressed", "false")
    ada.drop(3)
    bo.sees_turn(1)
    _hears(ada, set())
    ada.page.keyboard.press("m")
    ada.page.evaluate("heard.splice(0)")
    bo.resign()
    expect(ada.at("outcome")).to_be_visible()
    _hears(ada, END)
