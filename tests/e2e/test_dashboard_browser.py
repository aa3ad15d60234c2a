"""The dashboard in a real browser: in by the link, and down from a number to a single move."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from support.admin_rest import LINK, AdminRest
from support.analytics_history import history
from support.analytics_journal import JournalFile, Row
from support.processes import environment, free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WAIT_MS = 30_000
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
DESK: ViewportSize = {"width": 1400, "height": 1000}
PHONE: ViewportSize = {"width": 390, "height": 844}
COUNTED = "How this is counted"
LIVE = ("Live", "Audit")
"""Pages that show what is, not what was counted."""
PAGES = {
    "/": "Overview",
    "/rooms": "Rooms",
    "/health": "Health",
    "/sql": "SQL",
    "/live": "Live",
    "/audit": "Audit",
}


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass
class Dashboard:
    url: str
    data: Path
    rest: AdminRest

    def publish(self) -> None:
        with Pipeline(Paths(self.data), load_models(), utc_now=utc_now, interval_s=3600) as pipeline:
            tick = pipeline.tick()
            assert tick.state == "ok", tick.message


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    data = tmp_path_factory.mktemp("data")
    rows = history(seed=3, until=datetime.now(UTC), days=9, rooms_per_day=8)
    JournalFile(data / "journal.sqlite").append(rows)
    port = free_port()
    with AdminRest() as rest:
        made = Dashboard(f"http://127.0.0.1:{port}", data, rest)
        made.publish()
        command = [sys.executable, "-m", "kibitz_dashboard", "--data", str(data), "--port", str(port)]
        with subprocess.Popen([*command, "--server-url", rest.url], env=environment()) as process:
            deadline = time.monotonic() + 40
            while not _answers(port):
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield made
            process.terminate()


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def logged_in(browser: Browser, dashboard: Dashboard, theme: Theme, asked: list[str]) -> Page:
    """By a link that works once, on the overview. `asked` gets the address of every request."""
    dashboard.rest.links.add(LINK)
    context = browser.new_context(viewport=DESK, color_scheme=theme)
    context.set_default_timeout(WAIT_MS)
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(f"{dashboard.url}/login?token={LINK}")
    return opened


def nothing_went_out(asked: list[str], dashboard: Dashboard) -> None:
    """No request left for another host: no usage statistics, no fonts, no maps, no CDN."""
    outside = [url for url in asked if not url.startswith((dashboard.url, "data:", "blob:"))]
    assert asked
    assert outside == [], json.dumps(outside)


@pytest.fixture
def page(browser: Browser, dashboard: Dashboard) -> Iterator[Page]:
    asked: list[str] = []
    opened = logged_in(browser, dashboard, "light", asked)
    yield opened
    opened.context.close()
    nothing_went_out(asked, dashboard)


def shown(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text(COUNTED)).to_be_visible(timeout=WAIT_MS)
    assert page.get_by_test_id("stException").count() == 0


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_down_from_numbers_to_a_move(page: Page, dashboard: Dashboard, tmp_path: Path) -> None:
    from_a_number_down_to_a_move(page, dashboard, tmp_path)
    a_tile_and_a_day_lead_to_their_rooms(page, dashboard)


def test_what_is_new_appears_by_itself(page: Page, dashboard: Dashboard) -> None:
    new_data_appears_by_itself(page, dashboard)
    the_first_mart_appears_by_itself(page, dashboard)


def test_an_admin_asks_reads_pauses_and_leaves(page: Page, dashboard: Dashboard) -> None:
    sql_is_asked_and_answered(page, dashboard)
    a_report_cannot_reach_the_page_around_it(page, dashboard)
    a_room_is_paused_and_drawn(page, dashboard)
    logging_out(page, dashboard)


def test_every_page_fits_a_phone_and_a_desk_in_both_themes(browser: Browser, dashboard: Dashboard) -> None:
    asked: list[str] = []
    for theme in THEMES:
        page = logged_in(browser, dashboard, theme, asked)
        for path, title in PAGES.items():
            page.set_viewport_size(PHONE)
            page.goto(dashboard.url + path)
            expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible(
                timeout=WAIT_MS
            )
            said = page.get_by_role("button", name="Log out") if title in LIVE else page.get_by_text(COUNTED)
            expect(said).to_be_visible(timeout=WAIT_MS)
            assert page.get_by_test_id("stException").count() == 0, f"{title}, {theme}"
            assert not is_too_wide(page), f"{title}, {theme}, on a phone"
            page.set_viewport_size(DESK)
            assert not is_too_wide(page), f"{title}, {theme}, on a desk"
        page.context.close()
    nothing_went_out(asked, dashboard)


def from_a_number_down_to_a_move(page: Page, dashboard: Dashboard, tmp_path: Path) -> None:
    shown(page, "Overview")
    assert "token" not in page.url
    expect(page.get_by_test_id("stMetric")).to_have_count(8, timeout=WAIT_MS)
    expect(page.locator(".js-plotly-plot")).to_have_count(6, timeout=WAIT_MS)
    page.screenshot(path=tmp_path / "overview.png")
    page.get_by_role("radio", name="28d").click()
    page.wait_for_url("**/?period=28d")

    page.get_by_test_id("stSidebarNavLink").filter(has_text="Rooms").click()
    shown(page, "Rooms")
    table = page.get_by_test_id("stDataFrame")
    box = table.bounding_box()
    assert box is not None
    page.wait_for_timeout(500)  # the table is a canvas: it has nothing to wait for
    page.mouse.click(box["x"] + 40, box["y"] + 55)
    page.wait_for_url("**/room?room=*")
    shown(page, "Room")
    room = page.url.split("room=")[1].split("&")[0]
    with closing(sqlite3.connect(dashboard.data / "journal.sqlite")) as con:
        known = con.execute("select count(*) from events_v1 where room_id = ?", (room,)).fetchone()[0]
    expect(page.get_by_text(f"Everything that happened: {known} events")).to_be_visible()
    replay = page.get_by_role("link", name="Open the replay")
    expect(replay).to_have_attribute("href", f"{dashboard.rest.url}/replay/{room}")


def a_tile_and_a_day_lead_to_their_rooms(page: Page, dashboard: Dashboard) -> None:
    page.goto(dashboard.url)
    shown(page, "Overview")
    page.get_by_test_id("stPageLink-NavLink").filter(has_text="ended").first.click()
    page.wait_for_url("**/rooms?via=period%3Drange*")
    shown(page, "Rooms")
    expect(page.get_by_role("radio", name="range")).to_be_checked(timeout=WAIT_MS)
    page.go_back()
    shown(page, "Overview")
    bars = page.locator(".js-plotly-plot").first.locator(".bars .point path")
    expect(bars.first).to_be_visible(timeout=WAIT_MS)
    bars.nth(5).click(force=True)
    page.wait_for_url("**/rooms?via=period%3Drange*", timeout=WAIT_MS)
    days = [part for part in unquote(page.url).split("&") if part.startswith("days=")]
    assert len(days) == 2
    assert days[0] == days[1]


def new_data_appears_by_itself(page: Page, dashboard: Dashboard) -> None:
    page.goto(dashboard.url)
    shown(page, "Overview")
    tile = page.get_by_test_id("stMetric").filter(has_text="Rooms opened").get_by_test_id("stMetricValue")
    before = int(tile.inner_text().replace(",", ""))
    name = f"new{time.monotonic_ns()}"
    JournalFile(dashboard.data / "journal.sqlite").append([Row(name, "created", datetime.now(UTC))])
    dashboard.publish()
    expect(tile).to_have_text(f"{before + 1:,}", timeout=WAIT_MS)


def the_first_mart_appears_by_itself(page: Page, dashboard: Dashboard) -> None:
    pointer = dashboard.data / "warehouse" / "current.json"
    content = pointer.read_text("utf-8")
    pointer.unlink()
    try:
        page.goto(dashboard.url)
        expect(page.get_by_role("heading", name="No data yet")).to_be_visible(timeout=WAIT_MS)
    finally:
        pointer.write_text(content, "utf-8")
    shown(page, "Overview")


def sql_is_asked_and_answered(page: Page, dashboard: Dashboard) -> None:
    page.goto(f"{dashboard.url}/sql")
    shown(page, "SQL")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("heading", name="50 rows")).to_be_visible(timeout=WAIT_MS)


def a_report_cannot_reach_the_page_around_it(page: Page, dashboard: Dashboard) -> None:
    folder = dashboard.data / "reports" / "weekly" / "2026-W46"
    folder.mkdir(parents=True, exist_ok=True)
    content = (
        b"<!doctype html><p id='said'>nothing</p><script>let said = 'kept out';"
        b"try { parent.document.title = 'stolen'; said = 'let in' } catch (e) {}"
        b"try { document.cookie = 'a=b'; said += ', cookie' } catch (e) {}"
        b"document.querySelector('#said').textContent = said</script>"
    )
    (folder / "report.html").write_bytes(content)
    file = {"name": "report.html", "bytes": len(content), "sha256": "00"}
    told = {"id": "weekly/2026-W46", "title": "Week 46", "period": "2026-W46", "files": [file]}
    (folder / "manifest.json").write_text(json.dumps(told), "utf-8")
    page.goto(f"{dashboard.url}/reports")
    shown(page, "Reports")
    said = page.frame_locator("iframe").locator("#said")
    expect(said).to_have_text("kept out", timeout=WAIT_MS)
    assert page.title() != "stolen"


def a_room_is_paused_and_drawn(page: Page, dashboard: Dashboard) -> None:
    with closing(sqlite3.connect(dashboard.data / "journal.sqlite")) as con:
        (room,) = con.execute("select room_id from events_v1 where kind = 'started' limit 1").fetchone()
    shown_room = {"room_id": room, "game": "connect-four", "status": "playing", "seats": [], "match": 1}
    step = {"version": 1, "timestamp": "2026-11-23T10:00:00.000000Z", "trigger": "created"}
    dashboard.rest.details[room] = {"room": shown_room}
    dashboard.rest.history = [{**step, "status_to": "waiting"}]
    page.goto(f"{dashboard.url}/room?room={room}")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_label("Reason").fill("fire alarm")
    page.get_by_role("button", name="Pause the room").click()
    expect(page.get_by_text("The room is paused: version 9.")).to_be_visible(timeout=WAIT_MS)
    assert (room, "pause", {"reason": "fire alarm"}) in dashboard.rest.commands
    page.get_by_text("The tables that run").click()
    drawn = page.get_by_test_id("stGraphVizChart").locator("svg")
    expect(drawn.filter(has_text="waiting").first).to_be_visible(timeout=WAIT_MS)


def logging_out(page: Page, dashboard: Dashboard) -> None:
    page.goto(dashboard.url)
    shown(page, "Overview")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(dashboard.url + "/rooms")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    dashboard.rest.tokens.add("token-of-an-admin")
