"""Names, chat, and a game's own words are text in every view: no script runs, no policy is broken."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from support.guests import Guests
from support.processes import ROOT, ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


# From the OWASP cheat sheet of filter evasion, cut to what a name or a message can hold.
NAMES = [
    "<img src=x onerror=pwn()>"[:24],
    "<svg/onload=pwn()>",
    '"><script>pwn()</script>'[:24],
    "javascript:pwn()",
]
CHAT = [
    "<img src=x onerror=pwn()>",
    "<script>pwn()</script>",
    "\"'><svg onload=pwn()>",
    "</ol></section><iframe srcdoc='<script>parent.pwn()</script>'>",
    "javascript:pwn()",
    "<a href=javascript:pwn()>x</a>",
    "{{constructor.constructor('pwn()')()}}",
    "${pwn()}",
    ":wave:<img src=x onerror=pwn()>:heart:",
    "<style>@import'//evil.example/x.css'</style>",
    "\u202e<b onmouseover=pwn()>\u0000x</b>",
    "&lt;img src=x onerror=pwn()&gt;",
    "<math><mtext></math><img src=x onerror=pwn()>",
    "data:text/html,<script>pwn()</script>",
]
TITLE = "<img src=x onerror=pwn()>"
UNWANTED = "script:not([src]):not([type]), iframe, img:not(.qr), [onerror], [onload], base, object"
WATCH = """
window.pwn = () => { window.pwned = true; };
window.broken = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    broken.push(`${violatedDirective} ${blockedURI}`));
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """With a game whose title, summary and view are hostile too."""
    here = tmp_path_factory.mktemp("hostile")
    rules = (ROOT / "tests" / "support" / "reversi.py").read_text("utf-8")
    for word, text in {
        'title = "Reversi"': f"title = {TITLE!r}",
        'summary = "Outflank their discs and turn them over. Most discs win."': f"summary = {CHAT[1]!r}",
    }.items():
        assert word in rules
        rules = rules.replace(word, text)
    (here / "hostile.py").write_text(rules, "utf-8")
    with ServerProcess(here / "data") as running:
        running.start("--games", str(here / "hostile.py"))
        running.wait_ready()
        yield running


def _is_whole(page: Page, where: str) -> None:
    page.wait_for_timeout(150)  # what loads a picture fails a moment later
    found = page.evaluate(
        """(unwanted) => ({
        pwned: window.pwned === true,
        broken: window.broken,
        made: [...document.querySelectorAll(unwanted)]
            .filter((one) => !one.closest("head"))
            .map((one) => one.outerHTML.slice(0, 120)),
        links: [...document.links].map((link) => link.href).filter((href) => !/^https?:/.test(href)),
    })""",
        UNWANTED,
    )
    assert found == {"pwned": False, "broken": [], "made": [], "links": []}, f"{where}: {json.dumps(found)}"


def test_no_text_becomes_more_than_text(server: ServerProcess, new_player: Guests) -> None:
    what_players_write(server, new_player)
    new_player.all_leave()
    what_a_game_says(server, new_player)


def what_players_write(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, NAMES[0], init_script=WATCH)
    bo = new_player(server.url, NAMES[1], init_script=WATCH)
    eve = new_player(server.url, NAMES[2], init_script=WATCH)
    room = ada.make_room("connect-four")
    ada.sit_at(room)
    expect(ada.at("invite-link")).to_be_visible()
    _is_whole(ada.page, "the invite")
    _is_whole(eve.page, "the lobby with the room")
    eve.page.evaluate("localStorage.clear()")  # who has no name yet is asked for it at the door
    eve.open(f"{server.url}/room/{room}")
    expect(eve.page.locator("main")).to_contain_text(NAMES[0])
    _is_whole(eve.page, "the door")
    bo.sit_at(room)
    eve.open(f"{server.url}/room/{room}#watch")
    eve.take_place()
    ada.sees_turn(0)
    ada.drop(3)
    bo.sees_turn(1)
    for number, text in enumerate(CHAT):
        (ada, bo, eve)[number % 3].at("chat-input").fill(text)
        (ada, bo, eve)[number % 3].at("chat-send").click()
    for player in (ada, bo, eve):
        expect(player.at("chat-log").locator("li")).to_have_count(len(CHAT))
        expect(player.at("chat-log")).to_contain_text(CHAT[1])
        _is_whole(player.page, "the table")
    ada.at("spectators").click()
    expect(ada.at("people")).to_contain_text(NAMES[2])
    _is_whole(ada.page, "who is here")
    ada.page.keyboard.press("Escape")
    ada.page.keyboard.press("/")
    ada.at("command-input").fill(CHAT[0])
    ada.at("command-input").press("Enter")
    expect(ada.at("command-log")).to_contain_text("<img")
    _is_whole(ada.page, "the command line")
    ada.page.keyboard.press("Escape")
    bo.resign()
    expect(ada.at("outcome")).to_be_visible()
    expect(eve.at("outcome")).to_contain_text(NAMES[0])
    _is_whole(eve.page, "the result")
    for path in (
        "/",
        f"/replay/{room}",
        f"/embed/{room}",
        "/leaderboard/connect-four",
        "/player",
        "/such/a/page<img src=x onerror=pwn()>",
    ):
        eve.open(server.url + path)
        eve.page.wait_for_load_state("networkidle")
        _is_whole(eve.page, path)


def what_a_game_says(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, NAMES[3], init_script=WATCH)
    expect(ada.page.locator("main")).to_contain_text(TITLE)
    _is_whole(ada.page, "the lobby")
    room = ada.make_room("reversi", side=4)
    ada.sit_at(room)
    _is_whole(ada.page, "the invite")
    bo = new_player(server.url, NAMES[1], init_script=WATCH)
    bo.sit_at(room)
    ada.sees_turn(0)
    assert TITLE in ada.page.title()
    _is_whole(ada.page, "the table")
    for path in (f"/replay/{room}", f"/embed/{room}"):
        ada.open(server.url + path)
        ada.page.wait_for_load_state("networkidle")
        _is_whole(ada.page, path)
