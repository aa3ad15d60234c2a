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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_lobby_room_and_replay(
    server: ServerProcess, new_player: NewPlayer, scheme: str
):
    ada = new_player(server.url, "Ada", color_scheme=scheme)
    _has_no_violations(ada.page, "lobby")
    ada.create_room()
    expect(ada.at("board")).to_be_visible()
    ada.sees_connection("connected")
    _has_no_violations(ada.page, "waiting room")
    room = ada.room_id()
    bo = new_player(server.url, "Bo", color_scheme=scheme)
    bo.open(f"{server.url}/room/{room}")
    bo.take_place()
    ada.sees_turn(0)
    ada.drop(3)
    ada.sees_disc(5, 3, 0)
    _has_no_violations(ada.page, "room")
    ada.open(f"{server.url}/replay/{room}")
    expect(ada.at("replay-slider")).to_be_visible()
    _has_no_violations(ada.page, "replay")


def _brightness(page: Page) -> float:
    """Of the page's background, 0 to 255."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _has_no_violations(page: Page, where: str) -> None:
    # What fades in has a weaker contrast until it is there.
    page.evaluate(
        """() => Promise.allSettled(
            document.getAnimations()
                .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
                .map((animation) => animation.finished)
        ).then(() => null)"""
    )
    found = Axe().run(page)
    assert found.violations_count == 0, f"{where}:\n{found.generate_report()}"
