"""A board in somebody else's page: live, over a restart, without cookies; and no other page in a frame."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Page, Request, expect

from support.processes import ROOT, ServerProcess
from support.strangers_page import strangers_page
from support.table_page import TablePage

pytestmark = pytest.mark.browser

NewPlayer = Callable[..., TablePage]


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """One that may be killed."""
    with ServerProcess(tmp_path / "data") as running:
        running.start()
        running.wait_ready()
        yield running


def _two_players(url: str, new_player: NewPlayer) -> tuple[TablePage, TablePage, str]:
    ada, bo = new_player(url, "Ada"), new_player(url, "Bo")
    ada.create_room()
    room = ada.room_id()
    bo.open(f"{url}/room/{room}")
    bo.take_place()
    ada.sees_turn(0)
    return ada, bo, room


def _sees_disc(frame: FrameLocator, row: int, column: int, seat: int) -> None:
    cell = frame.get_by_role("row").nth(row).get_by_role("cell").nth(column)
    expect(cell).to_have_attribute("data-owner", str(seat), timeout=15_000)


def _note(into: list[str], message: ConsoleMessage) -> None:
    into.append(message.text)


def _keep(page: Page, name: str) -> None:
    folder = ROOT / "artifacts" / "e2e"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"embed-{name}.png")


def test_a_frame_on_another_site_sees_moves_and_survives_a_restart(
    own_server: ServerProcess, new_player: NewPlayer
) -> None:
    url = own_server.url
    ada, bo, room = _two_players(url, new_player)
    asked: list[Request] = []
    with strangers_page(f"{url}/embed/{room}") as blog:
        page = ada.page.context.new_page()  # the browser has a session of ours, and must not send it
        page.on("request", lambda request: asked.append(request))
        page.goto(blog)
        frame = page.frame_locator("iframe")
        expect(frame.get_by_test_id("state")).to_have_text("live")
        expect(frame.get_by_text("Ada to move")).to_be_visible()
        ada.drop(3)
        _sees_disc(frame, 5, 3, 0)
        own_server.kill()
        expect(frame.get_by_test_id("state")).to_have_text("reconnecting")
        own_server.start()
        own_server.wait_ready()
        expect(frame.get_by_test_id("state")).to_have_text("live", timeout=20_000)
        bo.drop(2)
        _sees_disc(frame, 5, 2, 1)
        link = frame.get_by_role("link")
        expect(link).to_have_attribute("rel", "noopener")
        with page.context.expect_page() as opened:
            link.click()
        expect(opened.value).to_have_url(f"{url}/room/{room}")
        opened.value.close()
        ours = [request for request in asked if request.url.startswith(url)]
        ways = {request.url.removeprefix(url).split("/")[1] for request in ours}
        assert ways == {"embed", "assets", "api"}
        for request in ours:
            assert "cookie" not in request.all_headers(), request.url
            answer = request.response() if "/feed" not in request.url else None
            assert answer is None or "set-cookie" not in answer.all_headers(), request.url
        page.close()


def test_no_other_page_of_ours_is_shown_in_a_frame(server: ServerProcess, browser: Browser) -> None:
    page = browser.new_context().new_page()
    for path in ("/", "/room/no-such-room-no-such-ro", "/replay/no-such-room-no-such-ro", "/embed/nothing"):
        refused: list[str] = []
        page.on("console", partial(_note, refused))
        with strangers_page(server.url + path) as blog:
            page.goto(blog)
            expect(page.locator("iframe")).to_be_visible()
            page.wait_for_timeout(100)
            assert any("frame" in text for text in refused), path
            assert page.frame_locator("iframe").get_by_test_id("new-room").count() == 0
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(420, 480), (260, 320)])
def test_it_can_be_read_in_both_colours_and_small(
    server: ServerProcess, new_player: NewPlayer, scheme: str, size: tuple[int, int]
) -> None:
    ada, bo, room = _two_players(server.url, new_player)
    for player, column in ((ada, 3), (bo, 3), (ada, 2)):
        player.drop(column)
    page = ada.page.context.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{server.url}/embed/{room}?theme={scheme}")
    expect(page.get_by_test_id("state")).to_have_text("live")
    expect(page.get_by_test_id("says")).to_have_text("Bo to move")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    _keep(page, f"four-{scheme}-{size[0]}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


@pytest.mark.parametrize(("game", "shows"), [("liars-dice", ".cup .die"), ("light-cycles", ".race polyline")])
def test_other_games_are_drawn_in_a_small_way(
    server: ServerProcess, new_player: NewPlayer, game: str, shows: str
) -> None:
    ada = new_player(server.url, "Ada")
    room = ada.make_room(game, bots=1)
    ada.sit_at(room)
    page = ada.page.context.new_page()
    page.set_viewport_size({"width": 420, "height": 480})
    page.goto(f"{server.url}/embed/{room}")
    expect(page.get_by_test_id("state")).to_have_text("live")
    expect(page.locator(shows).first).to_be_attached()
    _keep(page, game)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_the_invite_gives_the_code_for_a_page(server: ServerProcess, new_player: NewPlayer) -> None:
    ada = new_player(server.url, "Ada")
    ada.create_room()
    ada.at("embed").click()
    code = ada.at("embed-code").input_value()
    assert code.startswith(
        f'<iframe src="{server.url}/embed/{ada.room_id()}" title="Connect Four, live on Kibitz"'
    )
    assert code.endswith("></iframe>")
    found = Axe().run(ada.page)
    assert found.violations_count == 0, found.generate_report()


def test_a_full_table_is_embedded_from_among_those_who_watch(
    server: ServerProcess, new_player: NewPlayer
) -> None:
    ada, bo = (new_player(server.url, name) for name in ("Ada", "Bo"))
    code = ada.create_room()
    bo.join_by_code(code)
    ada.sees_turn(0)
    bo.at("spectators").click()
    bo.at("embed-people").click()
    assert ada.room_id() in bo.at("embed-code").input_value()
