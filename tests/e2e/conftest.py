"""A real server, a real Chromium, and players who use the page as people do.

`CI=true` turns a missing Chromium or Node from a visible skip into a failure.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from support.processes import ROOT, ServerProcess
from support.table_page import TablePage

QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
EXPECT_MS = 10_000
FAILED = pytest.StashKey[bool]()


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; CI must not skip this")
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def built_client() -> None:
    """The players' client, built once if it is not there."""
    web = ROOT / "server" / "web"
    if (web / "dist" / "manifest.json").exists():
        return
    npm = shutil.which("npm")
    if npm is None or not (web / "package.json").exists():
        _missing("the players' client is not built and there is no npm to build it")
    for command in ([npm, "ci", "--no-audit", "--no-fund"], ["node", "build.mjs"]):
        subprocess.run(command, cwd=web, check=True, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of one module: while Playwright runs, no test with an event loop of its own can."""
    program = shutil.which("chromium")
    if program is None:
        _missing("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One `kibitz serve` for all journeys; each makes rooms of its own beside those of the others."""
    with ServerProcess(tmp_path_factory.mktemp("served") / "data") as running:
        running.start()
        running.wait_ready()
        yield running


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """One of this test: with nobody else on it, and to be killed and started anew."""
    with ServerProcess(tmp_path / "data") as running:
        running.start()
        running.wait_ready()
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


NewPlayer = Callable[..., TablePage]


@pytest.fixture
def new_player(browser: Browser, request: pytest.FixtureRequest) -> Iterator[NewPlayer]:
    """`new_player(url, name, **context)`: a person with a browser of their own, on the lobby.

    `websocket=False` blocks websockets for them, `init_script` runs before each page's own scripts,
    `service_workers="allow"` lets the browser keep pages.
    At the end no page may have thrown an exception. Of a test that failed it is kept under artifacts/e2e/
    what each page showed.
    """
    opened: list[TablePage] = []

    def make(
        url: str, name: str, *, websocket: bool = True, init_script: str = "", **context: object
    ) -> TablePage:
        page = browser.new_context(**{"service_workers": "block", **context}).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(EXPECT_MS)
        if init_script:
            page.add_init_script(init_script)
        if not websocket:
            page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
        player = TablePage(page, url, name)
        opened.append(player)
        player.open_lobby()
        return player

    yield make
    errors = [f"{player.name}: {error}" for player in opened for error in player.errors]
    for player in opened:
        if errors or request.node.stash.get(FAILED, False):
            _keep(player.page, request.node.name, player.name)
        player.page.context.close()
    assert errors == [], "pages threw exceptions"


def _keep(page: Page, test: str, name: str) -> None:
    folder = ROOT / "artifacts" / "e2e"
    folder.mkdir(parents=True, exist_ok=True)
    path: Path = folder / (re.sub(r"[^\w\[\].-]", "_", f"{test}-{name}") + ".png")
    page.screenshot(path=path, full_page=True)
