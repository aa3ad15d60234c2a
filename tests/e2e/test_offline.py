"""Without a connection: what is shown, what is kept, and how a page learns of a new version."""

import json

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from support.guests import Guests
from support.processes import ROOT, ServerProcess
from support.table_page import TablePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


FILES_KEPT = "async () => (await (await caches.open('files')).keys()).length"
WORKER_IS_THERE = "() => navigator.serviceWorker.controller !== null"
HAS_WORKER = "async () => (await navigator.serviceWorker.getRegistrations()).length > 0"
CACHES = "async () => (await caches.keys()).length"
WAITING = """() => new Promise((done) => {
    const asked = indexedDB.open("kibitz");
    asked.onsuccess = () => {
        const all = asked.result.transaction("outbox").objectStore("outbox").getAll();
        all.onsuccess = () => { asked.result.close(); done(all.result.length); };
    };
})"""


def until(page: Page, predicate: str) -> None:
    """The page itself asks again and again; `wait_for_function` takes a promise for an answer."""
    page.evaluate(
        f"""async () => {{
            const end = Date.now() + 15_000;
            while (!(await ({predicate})())) {{
                if (Date.now() > end) throw new Error("not yet");
                await new Promise((go) => setTimeout(go, 50));
            }}
        }}"""
    )


def is_kept(player: TablePage) -> None:
    """The worker has the page, and every file of the client."""
    manifest = json.loads((ROOT / "server/web/dist/manifest.json").read_text())
    count = len(manifest["assets"]) - 1  # not the script of the page for embedding
    player.page.wait_for_function(WORKER_IS_THERE)
    until(player.page, f"async () => (await ({FILES_KEPT})()) >= {count}")


def waits(page: Page, count: int) -> None:
    until(page, f"async () => (await ({WAITING})()) === {count}")


def sit_down(ada: TablePage, bo: TablePage) -> None:
    """At a table of their own; Ada moves first, is connected, and her browser keeps pages."""
    ada.open(ada.url)
    code = ada.create_room()
    bo.open(bo.url)
    bo.join_by_code(code)
    ada.sees_turn(0)
    ada.sees_connection("connected")
    is_kept(ada)


def test_without_a_connection(server: ServerProcess, new_player: Guests) -> None:
    """Ada's browser keeps pages; she loses her connection at four tables, one after the other."""
    ada, bo = new_player(server.url, "Ada", service_workers="allow"), new_player(server.url, "Bo")
    a_table_and_the_lobby_are_there_without_a_connection(ada, bo)
    a_move_made_offline_is_sent_once_by_one_of_two_tabs(ada, bo)
    a_move_waits_for_whichever_page_comes_next_and_a_refusal_is_told_at_its_board(ada, bo)
    another_player_at_this_browser_sends_and_sees_nothing_of_the_one_before(ada, bo)


def test_versions_of_the_client(own_server: ServerProcess, server: ServerProcess, new_player: Guests) -> None:
    a_new_version_waits_for_the_player_and_can_be_switched_off(own_server, new_player)
    new_player.all_leave()
    a_page_that_is_too_old_for_the_server_says_so(server, new_player)


def a_table_and_the_lobby_are_there_without_a_connection(ada: TablePage, bo: TablePage) -> None:
    sit_down(ada, bo)
    ada.drop(3)
    ada.sees_disc(5, 3, 0)
    ada.sees_turn(1)
    room, ada_room = ada.page.url, ada.room_id()
    waits(ada.page, 0)
    ada.page.context.set_offline(True)
    ada.page.reload()
    ada.sees_disc(5, 3, 0)
    expect(ada.at("plate-1")).to_contain_text("Bo")
    expect(ada.at("banner")).to_contain_text("You are offline")
    ada.open(ada.url)
    expect(ada.page.locator(f'a[href="/room/{ada_room}"]').first).to_be_visible()
    expect(ada.at("banner")).to_contain_text("You are offline")
    ada.open(room)
    ada.sees_disc(5, 3, 0)
    ada.open(f"{ada.url}/room/never-seen")
    expect(ada.at("message")).to_contain_text("cannot be reached")
    ada.page.context.set_offline(False)


def a_move_made_offline_is_sent_once_by_one_of_two_tabs(ada: TablePage, bo: TablePage) -> None:
    sit_down(ada, bo)
    room = ada.page.url
    context = ada.page.context
    context.set_offline(True)
    # What was sent on a connection that does not know yet would arrive after all.
    ada.sees_connection("offline")
    ada.drop(3)
    expect(ada.at("cell-5-3")).to_have_attribute("data-pending", "true")
    waits(ada.page, 1)
    ada.page.close()
    sent: list[str] = []
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.on(
            "websocket",
            lambda socket: socket.on(
                "framesent", lambda frame: sent.append(str(frame)) if '["act"' in str(frame) else None
            ),
        )
        tab.goto(room)
    # Shown as it was left, by the tab that will send it.
    expect(tabs[0].get_by_test_id("cell-5-3")).to_have_attribute("data-pending", "true")
    context.set_offline(False)
    bo.sees_disc(5, 3, 0)
    bo.sees_turn(1)
    waits(tabs[0], 0)
    for tab in tabs:
        TablePage(tab, bo.url, "Ada").sees_disc(5, 3, 0)
    # Sent again where the seat went to the other tab in between; counted once in any case.
    assert len({message.split('"id":"')[1][:22] for message in sent}) == 1
    bo.drop(3)
    bo.sees_disc(4, 3, 1)
    ada.page = tabs[0]
    tabs[1].close()


def a_move_waits_for_whichever_page_comes_next_and_a_refusal_is_told_at_its_board(
    ada: TablePage, bo: TablePage
) -> None:
    """The lobby delivers it. It is too late: Bo resigned meanwhile."""
    sit_down(ada, bo)
    room = ada.page.url
    context = ada.page.context
    context.set_offline(True)
    # What was sent on a connection that does not know yet would arrive after all.
    ada.sees_connection("offline")
    ada.drop(2)
    waits(ada.page, 1)
    ada.page.close()
    bo.resign()
    bo.sees_winner(0)
    ada.page = context.new_page()
    context.set_offline(False)
    ada.open(ada.url)
    expect(ada.at("toast")).to_contain_text("did not count")
    waits(ada.page, 0)
    ada.open(room)
    expect(ada.at("toast")).to_contain_text("undone")
    expect(ada.at("cell-5-2")).not_to_have_attribute("data-owner", "0")


def another_player_at_this_browser_sends_and_sees_nothing_of_the_one_before(
    ada: TablePage, bo: TablePage
) -> None:
    sit_down(ada, bo)
    room = ada.room_id()
    context = ada.page.context
    context.set_offline(True)
    ada.sees_connection("offline")
    ada.drop(3)
    waits(ada.page, 1)
    ada.open(ada.url)
    # The session ended; who comes next is somebody else, under whatever name.
    context.clear_cookies()
    context.set_offline(False)
    ada.page.reload()
    waits(ada.page, 0)
    ada.page.wait_for_function("() => !localStorage.getItem('kibitz.rooms')")
    expect(ada.at("my-room")).to_have_count(0)
    ada.open(f"{ada.url}/room/{room}")
    expect(ada.at("spectators")).to_be_visible()
    expect(ada.at("cell-5-3")).to_have_attribute("data-owner", "")
    bo.sees_disc_count(0)


def a_new_version_waits_for_the_player_and_can_be_switched_off(
    own_server: ServerProcess, new_player: Guests
) -> None:
    """Another setting of the server makes other pages, which is a new version."""
    ada = new_player(own_server.url, "Ada", service_workers="allow")
    is_kept(ada)
    own_server.kill()
    own_server.start("--ping-interval-ms", "9000")
    own_server.wait_ready()
    ada.page.reload()
    assert (
        ada.page.evaluate("JSON.parse(document.getElementById('boot').textContent).socket.ping_interval_ms")
        == 10_000
    )
    ada.at("update").wait_for()
    # Not while a match in real time runs.
    ada.sit_at(ada.make_room("light-cycles", bots=1))
    expect(ada.at("net-pill")).to_have_attribute("data-status", "connected")
    expect(ada.at("board")).to_be_visible()
    expect(ada.at("resign")).to_be_visible()
    expect(ada.at("update")).to_have_count(0)
    ada.open(ada.url)
    ada.at("update-now").click()
    ada.page.wait_for_function(
        "() => JSON.parse(document.getElementById('boot').textContent).socket.ping_interval_ms === 9000"
    )
    expect(ada.at("new-room")).to_be_visible()
    expect(ada.at("update")).to_have_count(0)

    own_server.kill()
    own_server.start("--service-worker", "off")
    own_server.wait_ready()
    ada.page.reload()
    until(ada.page, f"async () => !(await ({HAS_WORKER})()) && (await ({CACHES})()) === 0")
    ada.page.reload()
    expect(ada.at("new-room")).to_be_visible()
    assert ada.page.evaluate("JSON.parse(document.getElementById('boot').textContent).is_worker_on") is False


def a_page_that_is_too_old_for_the_server_says_so(server: ServerProcess, new_player: Guests) -> None:
    ada = new_player(server.url, "Ada")

    def from_the_future(route: WebSocketRoute) -> None:
        upstream = route.connect_to_server()
        upstream.on_message(
            lambda message: route.send(
                message.replace('"protocol":1', '"protocol":2') if isinstance(message, str) else message
            )
        )

    ada.page.route_web_socket("**/socket.io/**", from_the_future)
    ada.page.reload()
    ada.play_bot()
    expect(ada.at("outdated")).to_contain_text("too old")
    ada.page.unroute_all()
    ada.at("update-now").click()
    expect(ada.at("board")).to_be_visible()
