"""What `scripts/screenshots` runs: every page and state × colours × size, as pictures and a page of them.

The pages are real: one server on data of its own, players and their moves. A state is set up once and
then taken in each theme and size.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import expect, sync_playwright
from screenshot_album import OUT, SCHEMES, SIZES, Album, contents

from support.arena_page import ArenaPage
from support.dice_page import DicePage
from support.processes import ROOT, ServerProcess
from support.table_page import TablePage

REVERSI = ROOT / "tests" / "support" / "reversi.py"


def lobby(album: Album) -> None:
    ada = album.player("Ada")
    album.take(ada.page, "lobby-empty")
    ada.at("new-room").first.click()
    ada.code()
    bo = album.player("Bo")
    bo.play_bot()
    bo.open_lobby()
    expect(bo.page.locator(".rows li").first).to_be_visible()
    album.take(bo.page, "lobby-full")
    bo.page.context.set_offline(True)
    bo.page.wait_for_timeout(1_500)
    album.take(bo.page, "lobby-offline")


def around(album: Album) -> None:
    """One's own page, a leaderboard, the settings, the wait for anybody."""
    ada = album.player("Ada")
    ada.open(f"{album.url}/player")
    expect(ada.at("message")).to_be_visible()
    album.take(ada.page, "player-empty")
    ada.open(f"{album.url}/leaderboard/light-cycles")
    ada.page.wait_for_load_state("networkidle")
    album.take(ada.page, "leaderboard-empty")
    ada, bo, _ = _two(album, "connect-four")
    ada.resign()
    expect(bo.at("outcome")).to_be_visible()
    bo.open(f"{album.url}/leaderboard/connect-four")
    expect(bo.at("leaderboard")).to_be_visible()
    album.take(bo.page, "leaderboard-full")
    bo.at("me").click()
    expect(bo.at("recent")).to_be_visible()
    album.take(bo.page, "player-full")
    bo.open_lobby()
    bo.at("settings").click()
    expect(bo.at("settings-dialog")).to_be_visible()
    album.take(bo.page, "lobby-settings", whole=False)
    bo.page.keyboard.press("Escape")
    bo.at("game-connect-four").get_by_test_id("quick").click()
    expect(bo.at("wait")).to_be_visible()
    album.take(bo.page, "lobby-waiting", whole=False)


def messages(album: Album) -> None:
    eve = album.player("Eve", opens=False)
    for name, path in {
        "message-nothing-here": "/such/a/page",
        "message-no-room": "/room/nosuchroomnosuchroom12",
        "message-no-code": "/r/ABCD2345",
        "message-no-replay": "/replay/nosuchroomnosuchroom12",
    }.items():
        eve.open(album.url + path)
        expect(eve.at("message")).to_be_visible()
        album.take(eve.page, name)


def door(album: Album) -> None:
    ada = album.player("Ada")
    ada.create_room()
    eve = album.player("Eve", opens=False)
    eve.open(f"{album.url}/room/{ada.room_id()}")
    expect(eve.at("sit")).to_be_visible()
    album.take(eve.page, "door-seat-free")
    album.take(ada.page, "room-waiting")
    ada.at("embed").click()
    expect(ada.at("embed-dialog")).to_be_visible()
    album.take(ada.page, "room-embed", whole=False)


def _two(album: Album, game: str, **options: object) -> tuple[TablePage, TablePage, str]:
    ada, bo = album.player("Ada"), album.player("Bo")
    room = ada.make_room(game, **options)
    ada.sit_at(room)
    bo.sit_at(room)
    ada.sees_connection("connected")
    return ada, bo, room


def connect_four(album: Album) -> None:
    ada, bo, room = _two(album, "connect-four")
    eve = album.player("Eve")
    eve.open(f"{album.url}/room/{room}#watch")
    expect(eve.at("board")).to_be_visible()
    moves = (3, 3, 2, 4, 4, 2, 5, 1)
    for ply, column in enumerate(moves):
        (ada, bo)[ply % 2].sees_turn(ply % 2)
        (ada, bo)[ply % 2].drop(column)
    ada.sees_turn(0)
    album.take(ada.page, "room-my-turn")
    album.take(bo.page, "room-their-turn")
    album.take(eve.page, "room-spectator")
    _talk(album, ada, bo)
    _windows(album, ada)
    ada.page.context.set_offline(True)
    expect(ada.at("banner")).to_be_visible()
    ada.drop(0)
    album.take(ada.page, "room-offline-move", whole=False)
    ada.page.context.set_offline(False)
    ada.sees_connection("connected")
    bo.sees_turn(1)
    bo.resign()
    expect(ada.at("outcome")).to_be_visible()
    album.take(ada.page, "room-finished-won")
    album.take(bo.page, "room-finished-lost")
    album.take(eve.page, "room-finished-spectator")
    ada.open(f"{album.url}/replay/{room}")
    expect(ada.at("replay-slider")).to_be_visible()
    album.take(ada.page, "replay-finished")
    ada.page.keyboard.press("Home")
    for _ in range(5):
        ada.page.keyboard.press("ArrowRight")
    ada.at("fork").click()
    album.take(ada.page, "replay-fork", whole=False)


def _talk(album: Album, ada: TablePage, bo: TablePage) -> None:
    for player, text in ((ada, "Good luck!"), (bo, "you too, this is going to be a long evening")):
        player.at("chat-input").fill(text)
        player.at("chat-send").click()
    bo.at("open-picks").click()
    bo.at("emote-wave").click()
    expect(ada.at("chat-log").locator(".emote")).to_be_visible()
    ada.at("open-picks").click()
    album.take(ada.page, "room-chat-open")
    ada.at("open-picks").click()


def _windows(album: Album, ada: TablePage) -> None:
    """What opens over the table."""
    opened: dict[str, tuple[Callable[[], None], str]] = {
        "room-people": (lambda: ada.at("spectators").click(), "people"),
        "room-connection": (lambda: ada.at("net-pill").click(), "net"),
        "room-keys": (lambda: ada.page.keyboard.press("?"), "help"),
        "room-resign": (lambda: ada.at("resign").click(), "resign-confirm"),
        "room-command": (lambda: _command(ada), "command-log"),
    }
    for name, (show, hook) in opened.items():
        show()
        expect(ada.at(hook)).to_be_visible()
        album.take(ada.page, name, whole=False)
        ada.page.keyboard.press("Escape")


def _command(player: TablePage) -> None:
    player.page.keyboard.press("/")
    for line in ("help", "clock", "last 2"):
        player.at("command-input").fill(line)
        player.at("command-input").press("Enter")


def liars_dice(album: Album) -> None:
    ada, bo, room = _two(album, "liars-dice", dice=3)
    dice = {0: DicePage(ada), 1: DicePage(bo)}
    dice[0].sees_phase("bidding")
    album.take(ada.page, "dice-bidding")
    first = dice[0].turn()
    dice[first].bid()
    album.take((ada, bo)[1 - first].page, "dice-answer")
    dice[1 - first].call()
    dice[0].sees_phase("revealed")
    album.take(ada.page, "dice-revealed")
    bo.resign()
    expect(ada.at("outcome")).to_be_visible()
    dice[0].verify()
    album.take(ada.page, "dice-finished")
    ada.open(f"{album.url}/replay/{room}")
    expect(ada.at("replay-slider")).to_be_visible()
    album.take(ada.page, "dice-replay")


def light_cycles(album: Album) -> None:
    ada, bo, _ = _two(album, "light-cycles", points=1)
    arena = ArenaPage(ada)
    arena.sees_phase("racing")
    album.take(ada.page, "cycles-racing")
    arena.ends()
    album.take(ada.page, "cycles-finished")
    album.take(bo.page, "cycles-other-side")


def strangers_game(album: Album) -> None:
    ada, _, _ = _two(album, "reversi")
    ada.sees_turn(0)
    album.take(ada.page, "generic-my-turn")


def lab(album: Album) -> None:
    ada = album.player("Ada")
    room = ada.make_room("connect-four", bots=1)
    ada.open(f"{album.url}/room/{room}?lab")
    expect(ada.at("lab")).to_be_visible()
    ada.sees_connection("connected")
    album.take(ada.page, "room-lab")


def styleguide(album: Album) -> None:
    """Each component and each state of a table, without a server behind it."""
    node = shutil.which("node")
    if node is None:
        print("screenshots: no styleguide, there is no node on this machine", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([node, ROOT / "server/web/styleguide.mjs", "--once", folder], check=True)
        page = album.player("Ada", opens=False).page
        page.goto(f"file://{folder}/styleguide.html")
        states = page.locator(".sg-nav a").all_inner_texts()
        for state in states:
            if not album.wants(f"styleguide-{state}"):
                continue
            page.goto(f"file://{folder}/styleguide.html#{quote(state)}")
            expect(page.locator("main").first).to_be_visible()
            page.wait_for_load_state("networkidle")
            album.take(page, f"styleguide-{state.replace(' ', '-').replace(',', '')}")


CHAPTERS: dict[Callable[[Album], None], tuple[str, ...]] = {
    lobby: ("lobby-empty", "lobby-full", "lobby-offline"),
    around: ("player-", "leaderboard-", "lobby-settings", "lobby-waiting"),
    messages: ("message-",),
    door: ("door-seat-free", "room-waiting", "room-embed"),
    connect_four: ("room-", "replay-"),
    liars_dice: ("dice-",),
    light_cycles: ("cycles-",),
    strangers_game: ("generic-",),
    lab: ("room-lab",),
    styleguide: ("styleguide-",),
}


def main(wanted: list[str]) -> int:
    program = shutil.which("chromium")
    if program is None:
        print(
            "screenshots: there is no Chromium on this machine (Debian: apt install chromium)",
            file=sys.stderr,
        )
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, ServerProcess(Path(data) / "data") as server:
        server.start("--games", str(REVERSI))
        server.wait_ready()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--disable-gpu"])
            album = Album(browser, server.url, wanted)
            for chapter, states in CHAPTERS.items():
                if not wanted or any(part in state or state in part for part in wanted for state in states):
                    chapter(album)
                for context in browser.contexts:
                    context.close()
            browser.close()
    (OUT / "index.html").write_text(contents(album.names), "utf-8")
    print(f"screenshots: {len(album.names) * len(SCHEMES) * len(SIZES)} pictures; see {OUT / 'index.html'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
