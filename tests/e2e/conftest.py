"""A real server, a real Chromium, and players who use the page as people do.

`CI=true` turns a missing Chromium or Node from a visible skip into a failure.
"""

import os
import shutil
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from support.guests import Guests
from support.processes import ROOT, ServerProcess
from support.table_page import RECOVERY_MS

PLAYWRIGHTS_OWN = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
"""What Playwright switches off. Of several lists the browser reads the last one only, which is ours."""
POPUPS = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""Two pages of the browser's own behind the address line of each window: they take more processor time than
the page under test, twice for each person of a test. Nobody sees that line."""
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    f"--disable-features={','.join((*PLAYWRIGHTS_OWN, *POPUPS))}",
]
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
        # What has a limit of its own names it; on a busy machine everything else may take its time.
        expect.set_options(timeout=RECOVERY_MS)
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
    guests = getattr(item, "funcargs", {}).get("new_player")
    if report.when == "call" and report.failed and isinstance(guests, Guests):
        report.sections.append(("What the pages showed", guests.diaries()))
    return report


@pytest.fixture
def new_player(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Guests]:
    """`new_player(url, name, **context)`: a person with a browser of their own, on the lobby.

    At the end no page may have thrown an exception. Of a test that failed it is kept under artifacts/e2e/
    what each page showed.
    """
    guests = Guests(browser)
    yield guests
    if guests.errors() or request.node.stash.get(FAILED, False):
        guests.keep_pictures(request.node.name)
    guests.all_leave()
