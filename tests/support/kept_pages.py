"""What a browser keeps of the pages: the service worker's caches, and when they hold all of the client."""

import json

from playwright.sync_api import Page

from support.processes import ROOT
from support.table_page import TablePage

FILES_KEPT = "async () => (await (await caches.open('files')).keys()).length"
WORKER_IS_THERE = "() => navigator.serviceWorker.controller !== null"


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
