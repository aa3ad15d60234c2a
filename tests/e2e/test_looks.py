"""Each page on a phone, in the dark, and for those who cannot see it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from support.processes import ServerProcess
from support.table_page import TablePage

pytestmark = pytest.mark.browser

NewPlayer = Callable[..., TablePage]


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_scrolls_sideways_on_a_phone(server: ServerProcess, new_player: NewPlayer, width: int):
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


def test_the_dark_is_dark(server: ServerProcess, new_player: NewPlayer):
    light = new_player(server.url, "Ada", color_scheme="light")
    dark = new_player(server.url, "Bo", color_scheme="dark")
    assert _brightness(light.page) > 200
    assert _brightness(dark.page) < 60


def test_axe_finds_nothing_in_any_state(server: ServerProcess, new_player: NewPlayer):
    """Each in light and dark, on a desk and on a phone."""
    ada = new_player(server.url, "Ada")
    _has_no_violations(ada.page, "lobby")
    ada.create_room()
    expect(ada.at("board")).to_be_visible()
    ada.sees_connection("connected")
    _has_no_violations(ada.page, "waiting room")
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
    _has_no_violations(bo.page, "room, with what may be said")
    for hook, show in {
        "people": lambda: ada.at("spectators").click(),
        "net": lambda: ada.at("net-pill").click(),
        "help": lambda: ada.page.keyboard.press("?"),
        "resign-confirm": lambda: ada.at("resign").click(),
        "command": lambda: ada.page.keyboard.press("/"),
    }.items():
        show()
        expect(ada.at(hook)).to_be_visible()
        _has_no_violations(ada.page, hook)
        ada.page.keyboard.press("Escape")
    bo.resign()
    expect(ada.at("outcome")).to_be_visible()
    _has_no_violations(ada.page, "result")
    ada.open(f"{server.url}/replay/{room}")
    expect(ada.at("replay-slider")).to_be_visible()
    _has_no_violations(ada.page, "replay")


def test_a_finger_hits_and_twice_the_size_fits(server: ServerProcess, new_player: NewPlayer):
    """Targets of 44 px for fingers; 320 px, and a small desk at 200 %, without scrolling sideways."""
    bo = new_player(server.url, "Bo", viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    bo.play_bot()
    bo.sees_connection("connected")
    bo.at("open-picks").click()
    small = bo.page.evaluate(
        """() => [...document.querySelectorAll("button, a.btn, input, summary, select")]
            .map((one) => [one.dataset.testid ?? one.textContent, one.getBoundingClientRect()])
            .filter(([, box]) => box.height > 0 && (box.height < 43.5 || box.width < 43.5))
            .map(([name, box]) => `${name}: ${box.width} by ${box.height}`)"""
    )
    assert small == []
    for width, height in ((320, 640), (640, 360)):
        bo.page.set_viewport_size({"width": width, "height": height})
        assert not bo.scrolls_sideways()


def _brightness(page: Page) -> float:
    """Of the page's background, 0 to 255."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _has_no_violations(page: Page, where: str) -> None:
    size = page.viewport_size
    assert size is not None
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (size["width"], 390):
            page.set_viewport_size({"width": width, "height": size["height"]})
            _settle(page)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{where}, {scheme}, {width}:\n{found.generate_report()}"
    page.set_viewport_size(size)


def _settle(page: Page) -> None:
    """What fades in, or takes on other colours, has a weaker contrast until it is there."""
    page.evaluate(
        """() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() =>
            Promise.allSettled(
                document.getAnimations()
                    .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
                    .map((animation) => animation.finished)
            ).then(() => null))"""
    )
