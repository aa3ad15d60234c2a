"""Without a connection: what is shown, what is kept, and what is sent when it is back."""

import re

import pytest
from playwright.sync_api import Page, expect

from support.guests import Guests
from support.kept_pages import is_kept, until
from support.processes import ServerProcess
from support.table_page import TablePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


WAITING = """() => new Promise((done) => {
    const asked = indexedDB.open("kibitz");
    asked.onsuccess = () => {
        const all = asked.result.transaction("outbox").objectStore("outbox").getAll();
        all.onsuccess = () => { asked.result.close(); done(all.result.length); };
    };
})"""


KEPT = """(key) => new Promise((done) => {
    const asked = indexedDB.open("kibitz");
    asked.onsuccess = () => {
        const found = asked.result.transaction("cache").objectStore("cache").get(key);
        found.onsuccess = () => { asked.result.close(); done(found.result); };
    };
})"""


def waits(page: Page, count: int) -> None:
    until(page, f"async () => (await ({WAITING})()) === {count}")


def knows_turn(player: TablePage, seat: int) -> None:
    """Her browser has the table as she sees it: what is shown there without a connection."""
    until(player.page, f"async () => (await ({KEPT})('room:{player.room_id()}'))?.view?.turn === {seat}")


def sit_down(ada: TablePage, bo: TablePage) -> None:
    """At a table of their own; Ada moves first, is connected, and her browser keeps pages."""
    ada.open(ada.url)
    code = ada.create_room()
    bo.open(bo.url)
    bo.join_by_code(code)
    ada.sees_turn(0)
    ada.sees_connection("connected")
    is_kept(ada)
    knows_turn(ada, 0)


def test_without_a_connection(server: ServerProcess, new_player: Guests) -> None:
    """Ada's browser keeps pages; she loses her connection at four tables, one after the other."""
    ada, bo = new_player(server.url, "Ada", service_workers="allow"), new_player(server.url, "Bo")
    a_table_and_the_lobby_are_there_without_a_connection(ada, bo)
    a_move_made_offline_is_sent_once_by_one_of_two_tabs(ada, bo)
    a_move_waits_for_whichever_page_comes_next_and_a_refusal_is_told_at_its_board(ada, bo)
    the_lobby_of_one_device_delivers_and_leaves_the_seat_to_the_other(ada, bo, new_player)
    another_player_at_this_browser_sends_and_sees_nothing_of_the_one_before(ada, bo)
    two_tabs_that_lose_their_session_become_one_player(ada)


def a_table_and_the_lobby_are_there_without_a_connection(ada: TablePage, bo: TablePage) -> None:
    sit_down(ada, bo)
    ada.drop(3)
    ada.sees_disc(5, 3, 0)
    ada.sees_turn(1)
    room, ada_room = ada.page.url, ada.room_id()
    waits(ada.page, 0)
    knows_turn(ada, 1)
    ada.page.context.set_offline(True)
    ada.page.reload()
    ada.sees_disc(5, 3, 0)
    expect(ada.at("plate-1")).to_contain_text("Bo")
    expect(ada.at("banner")).to_contain_text("You are offline")
    the_banner_fits(ada)
    ada.open(ada.url)
    expect(ada.page.locator(f'a[href="/room/{ada_room}"]').first).to_be_visible()
    expect(ada.at("banner")).to_contain_text("You are offline")
    as_of = re.compile(r"as of .*\d:\d\d")
    expect(ada.page.get_by_role("heading", name="Open rooms")).to_have_text(as_of)
    ada.open(f"{ada.url}/player")
    expect(ada.page.get_by_text(as_of).first).to_be_visible()
    ada.open(room)
    ada.sees_disc(5, 3, 0)
    ada.open(f"{ada.url}/room/never-seen")
    expect(ada.at("message")).to_contain_text("cannot be reached")
    ada.page.context.set_offline(False)


def the_banner_fits(ada: TablePage) -> None:
    """Where the header has room for it, and where it has none: it covers neither board nor plates."""
    before = ada.page.viewport_size
    assert before is not None
    for width in (1200, 830, 320):
        ada.page.set_viewport_size({"width": width, "height": 700})
        assert not ada.scrolls_sideways(), width
        banner = ada.at("banner").bounding_box()
        assert banner is not None
        assert 0 <= banner["x"] <= width - banner["width"], width
    ada.page.set_viewport_size({"width": 830, "height": 700})
    banner = ada.at("banner").bounding_box()
    for hook in ("board", "plate-0", "plate-1", "settings"):
        box = ada.at(hook).bounding_box()
        assert box is not None
        assert banner is not None
        assert banner["y"] >= box["y"] + box["height"], hook
    ada.page.set_viewport_size(before)


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


def the_lobby_of_one_device_delivers_and_leaves_the_seat_to_the_other(
    ada: TablePage, bo: TablePage, new_player: Guests
) -> None:
    """Ada moves without a connection, goes on at another device, and opens the lobby of the first."""
    sit_down(ada, bo)
    room, context = ada.page.url, ada.page.context
    context.set_offline(True)
    ada.sees_connection("offline")
    ada.drop(2)
    waits(ada.page, 1)
    ada.page.close()
    other = new_player(ada.url, "Ada", storage_state=context.storage_state())
    other.open(room)
    other.sees_turn(0)
    ada.page = context.new_page()
    context.set_offline(False)
    ada.open(ada.url)
    for player in (other, bo):
        player.sees_disc(5, 2, 0)
    waits(ada.page, 0)
    expect(other.at("superseded")).to_have_count(0)
    expect(other.at("plate-0")).to_have_attribute("data-you", "true")
    bo.drop(3)
    other.sees_turn(0)
    other.drop(2)
    bo.sees_disc(4, 2, 0)


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


def two_tabs_that_lose_their_session_become_one_player(ada: TablePage) -> None:
    ada.open(ada.url)
    ada.create_room()
    ada.sees_connection("connected")
    context = ada.page.context
    tab = TablePage(context.new_page(), ada.url, "Ada")
    tab.open(ada.page.url)
    tab.sees_connection("connected")
    context.set_offline(True)
    for one in (ada, tab):
        one.sees_connection("offline")
    context.clear_cookies()
    with context.expect_event("request", lambda request: request.url.endswith("/api/session")):
        made: list[str] = []
        context.on("request", lambda request: made.append(request.url))
        context.set_offline(False)
        for one in (ada, tab):
            one.sees_connection("connected")
    assert len([url for url in made if url.endswith("/api/session")]) == 1
    who = "() => JSON.parse(localStorage.getItem('kibitz.session')).player_id"
    told = "async () => (await (await fetch('/api/players/me')).json()).player_id"
    assert len({one.page.evaluate(script) for one in (ada, tab) for script in (who, told)}) == 1
