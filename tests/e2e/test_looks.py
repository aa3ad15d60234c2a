"""Each page on a phone, in the dark, and for those who cannot see it."""

import pytest
from playwright.sync_api import Page, expect

from support.barriers import has_no_barriers, small_targets
from support.guests import Guests
from support.processes import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_on_a_phone_in_the_dark_and_at_twice_the_size(server: ServerProcess, new_player: Guests) -> None:
    for width in (320, 390):
        nothing_scrolls_sideways_on_a_phone(server, new_player, width)
        new_player.all_leave()
    the_dark_is_dark(server, new_player)
    new_player.all_leave()
    a_finger_hits_and_twice_the_size_fits(server, new_player)


def nothing_scrolls_sideways_on_a_phone(server: ServerProcess, new_player: Guests, width: int) -> None:
    ada = new_player(server.url, "Ada", viewport={"width": width, "height": 780}, has_touch=True)
    assert not ada.scrolls_sideways()
    ada.play_bot()
    ada.sees_connection("connected")
    # the widest that a connection's pill gets: a way around the world and back
    ada.page.evaluate(
        """() => {
            const text = document.querySelector('[data-testid="net-pill"] .num');
            for (const node of text.childNodes) if (/^\\d+ ms$/.test(node.data)) node.data = "1234 ms";
        }"""
    )
    expect(ada.at("net-pill")).to_contain_text("1234 ms")
    assert not ada.scrolls_sideways()
    for hook in ("board", "net-pill", "plate-0", "plate-1"):
        box = ada.at(hook).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width + 1, hook


def the_dark_is_dark(server: ServerProcess, new_player: Guests) -> None:
    light = new_player(server.url, "Ada", color_scheme="light")
    dark = new_player(server.url, "Bo", color_scheme="dark")
    assert _brightness(light.page) > 200
    assert _brightness(dark.page) < 60


@pytest.mark.timeout(180)
def test_axe_finds_nothing_in_any_state(server: ServerProcess, new_player: Guests) -> None:
    """Each in light and dark, on a desk and on a phone."""
    ada = new_player(server.url, "Ada")
    has_no_barriers(ada.page, "lobby")
    ada.create_room()
    expect(ada.at("board")).to_be_visible()
    ada.sees_connection("connected")
    has_no_barriers(ada.page, "waiting room")
    room = ada.room_id()
    bo = new_player(server.url, "Bo")
    bo.open(f"{server.url}/room/{room}")
    bo.take_place()
    ada.sees_turn(0)
    ada.drop(3)
    ada.sees_disc(5, 3, 0)
    ada.at("open-picks").click()
    ada.at("emote-wave").click()
    expect(bo.at("chat-log").locator(".emote")).to_be_visible()
    bo.at("open-picks").click()
    has_no_barriers(bo.page, "room, with what may be said")
    for hook, show in {
        "people": lambda: ada.at("spectators").click(),
        "net": lambda: ada.at("net-pill").click(),
        "help": lambda: ada.page.keyboard.press("?"),
        "resign-confirm": lambda: ada.at("resign").click(),
        "command": lambda: ada.page.keyboard.press("/"),
    }.items():
        show()
        expect(ada.at(hook)).to_be_visible()
        has_no_barriers(ada.page, hook, is_window=True)
        ada.page.keyboard.press("Escape")
    bo.resign()
    expect(ada.at("outcome")).to_be_visible()
    has_no_barriers(ada.page, "result")
    ada.open(f"{server.url}/replay/{room}")
    expect(ada.at("replay-slider")).to_be_visible()
    has_no_barriers(ada.page, "replay")


def a_finger_hits_and_twice_the_size_fits(server: ServerProcess, new_player: Guests) -> None:
    """Targets of 44 px for fingers; 320 px, and a small desk at 200 %, without scrolling sideways."""
    bo = new_player(server.url, "Bo", viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    bo.play_bot()
    bo.sees_connection("connected")
    bo.at("open-picks").click()
    assert small_targets(bo.page) == []
    assert bo.page.locator("main").evaluate("(main) => getComputedStyle(main).animationName") == "enter"
    bo.page.evaluate("document.documentElement.dataset.motion = 'less'")
    assert bo.page.locator("main").evaluate("(main) => getComputedStyle(main).animationName") == "none"
    for width, height in ((320, 640), (640, 360)):
        bo.page.set_viewport_size({"width": width, "height": height})
        assert not bo.scrolls_sideways()


def _brightness(page: Page) -> float:
    """Of the page's background, 0 to 255."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return 0.299 * red + 0.587 * green + 0.114 * blue
