"""How a page learns of a new version, and what becomes of one that is too old."""

import pytest
from playwright.sync_api import WebSocketRoute, expect

from support.guests import Guests
from support.kept_pages import is_kept, until
from support.processes import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

HAS_WORKER = "async () => (await navigator.serviceWorker.getRegistrations()).length > 0"
CACHES = "async () => (await caches.keys()).length"
REGISTER_LATE = """
const { serviceWorker } = navigator;
const register = serviceWorker.register.bind(serviceWorker);
serviceWorker.register = async (...asked) => {
  await (await serviceWorker.getRegistration())?.update();
  while (await serviceWorker.getRegistration()) await new Promise((go) => setTimeout(go, 20));
  const made = await register(...asked);
  window.isRegistered = true;
  return made;
};
"""
"""As on a slow machine: the browser has looked for a new worker by itself, and that one has come and gone."""


def test_versions_of_the_client(own_server: ServerProcess, server: ServerProcess, new_player: Guests) -> None:
    a_new_version_waits_for_the_player_and_can_be_switched_off(own_server, new_player)
    new_player.all_leave()
    a_page_that_is_too_old_for_the_server_says_so(server, new_player)


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
    ada.page.add_init_script(REGISTER_LATE)
    ada.page.reload()
    ada.page.wait_for_function("() => window.isRegistered === true")
    until(ada.page, f"async () => (await ({CACHES})()) === 0")
    ada.page.reload()
    expect(ada.at("new-room")).to_be_visible()
    until(ada.page, f"async () => !(await ({HAS_WORKER})()) && (await ({CACHES})()) === 0")
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
