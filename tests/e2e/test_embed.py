"""A board in somebody else's page: live, over a restart, without cookies; and no other page in a frame."""

from functools import partial
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Request, expect

from support.guests import Guests
from support.processes import ServerProcess
from support.strangers_page import strangers_page
from support.table_page import TablePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def _two_players(url: str, new_player: Guests) -> tuple[TablePage, TablePage, str]:
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


def test_in_somebody_elses_page(own_server: ServerProcess, new_player: Guests, browser: Browser) -> None:
    a_frame_on_another_site_sees_moves_and_survives_a_restart(own_server, new_player)
    new_player.all_leave()
    no_other_page_of_ours_is_shown_in_a_frame(own_server, browser)


def test_the_small_board_and_the_code_for_it(server: ServerProcess, new_player: Guests) -> None:
    ada, bo, room = _two_players(server.url, new_player)
    in_both_colours_and_small(ada, bo, room)
    a_full_table_is_embedded_from_among_those_who_watch(bo, room)
    new_player.all_leave()
    for game, shows in (("liars-dice", ".cup .die"), ("light-cycles", ".race polyline")):
        other_games_are_drawn_in_a_small_way(server, new_player, game, shows)
        new_player.all_leave()
    the_invite_gives_the_code_for_a_page(server, new_player)


def a_frame_on_another_site_sees_moves_and_survives_a_restart(
    own_server: ServerProcess, new_player: Guests
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


def no_other_page_of_ours_is_shown_in_a_frame(server: ServerProcess, browser: Browser) -> None:
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


def in_both_colours_and_small(ada: TablePage, bo: TablePage, room: str) -> None:
    for player, column in ((ada, 3), (bo, 3), (ada, 2)):
        player.drop(column)
    page = ada.page.context.new_page()
    for scheme, (width, height) in product(("light", "dark"), ((420, 480), (260, 320))):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{ada.url}/embed/{room}?theme={scheme}")
        expect(page.get_by_test_id("state")).to_have_text("live")
        expect(page.get_by_test_id("says")).to_have_text("Bo to move")
        where = f"{scheme}, {width} wide"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), where
        found = Axe().run(page)
        assert found.violations_count == 0, f"{where}:\n{found.generate_report()}"
    page.close()


def other_games_are_drawn_in_a_small_way(
    server: ServerProcess, new_player: Guests, game: str, shows: str
) -> None:
    ada = new_player(server.url, "Ada")
    room = ada.make_room(game, bots=1)
    ada.sit_at(room)
    page = ada.page.context.new_page()
    page.set_viewport_size({"width": 420, "height": 480})
    page.goto(f"{server.url}/embed/{room}")
    expect(page.get_by_test_id("state")).to_have_text("live")
    expect(page.locator(shows).first).to_be_attached()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


def the_invite_gives_the_code_for_a_page(server: ServerProcess, new_player: Guests) -> None:
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


def a_full_table_is_embedded_from_among_those_who_watch(bo: TablePage, room: str) -> None:
    bo.at("spectators").click()
    bo.at("embed-people").click()
    assert room in bo.at("embed-code").input_value()
