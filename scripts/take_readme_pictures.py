"""What `scripts/screenshots --readme` runs: the games as the README shows them, into docs/images/."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright
from screenshot_album import SETTLED, SIZES

from support.arena_page import ArenaPage
from support.dice_page import DicePage
from support.processes import ROOT, ServerProcess
from support.table_page import TablePage

OUT = ROOT / "docs" / "images"
MOVES = (3, 3, 2, 4, 4, 1, 3, 2, 4, 3, 2, 2)
RIDES_MS = 3_000
"""Long enough for walls, too short for a rider to reach the other side."""
WITH_FONT = """async () => {
    const [, url] = /url\\("([^"]+)"/.exec(document.styleSheets[0].cssRules[0].cssText);
    const face = new FontFace("Bricolage Grotesque", `url(${url})`, { weight: "700" });
    document.fonts.add(await face.load());
}"""
"""A page does without the font where it came too late, which it may on a busy machine."""


class Visitors:
    """Who comes to the pages of one server."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url

    def __call__(self, name: str) -> TablePage:
        page = self._browser.new_context(viewport=SIZES["desk"], color_scheme="light").new_page()  # type: ignore[arg-type]
        player = TablePage(page, self._url, name)
        player.open_lobby()
        return player


def room(come: Visitors) -> TablePage:
    noor, sam, eve = come("Noor"), come("Sam"), come("Eve")
    table = noor.make_room("connect-four")
    for player in (noor, sam):
        player.sit_at(table)
    eve.open(f"{noor.url}/room/{table}#watch")
    expect(noor.at("spectators")).to_contain_text("1")
    for ply, column in enumerate(MOVES):
        player = (noor, sam)[ply % 2]
        player.sees_turn(ply % 2)
        player.drop(column)
    for player, text in ((noor, "Good luck!"), (sam, "Nice one, I did not see that")):
        player.at("chat-input").fill(text)
        player.at("chat-send").click()
        expect(noor.at("chat-log")).to_contain_text(text)
    noor.sees_turn(0)
    noor.at("column-5").hover()
    return noor


def liars_dice(come: Visitors) -> TablePage:
    noor = come("Noor")
    DicePage(noor).create(seats=4, dice=5, bots=True)
    noor.sees_turn(0)
    return noor


def light_cycles(come: Visitors) -> TablePage:
    noor = come("Noor")
    arena = ArenaPage(noor)
    arena.create(seats=4, points=3, bots=True)
    arena.sees_phase("racing")
    noor.page.wait_for_timeout(RIDES_MS)
    return noor


PICTURES: dict[str, Callable[[Visitors], TablePage]] = {
    "room": room,
    "liars-dice": liars_dice,
    "light-cycles": light_cycles,
}


def main() -> int:
    program = shutil.which("chromium")
    if program is None:
        print(
            "screenshots: there is no Chromium on this machine (Debian: apt install chromium)",
            file=sys.stderr,
        )
        return 2
    with tempfile.TemporaryDirectory() as data, ServerProcess(Path(data) / "data") as server:
        server.start()
        server.wait_ready()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--disable-gpu"])
            for name, play in PICTURES.items():
                page = play(Visitors(browser, server.url)).page
                page.evaluate(WITH_FONT)
                page.evaluate(SETTLED)
                page.screenshot(path=OUT / f"{name}.png")
                print(f"screenshots: {OUT / name}.png")
                for context in browser.contexts:
                    context.close()
            browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
