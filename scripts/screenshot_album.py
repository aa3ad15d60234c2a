"""Pictures of one page in each theme and size, and a page that shows all of them."""

from html import escape

from playwright.sync_api import Browser, Page

from support.processes import ROOT
from support.table_page import TablePage

SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
SCHEMES = ("light", "dark")
OUT = ROOT / "artifacts" / "screenshots"
SETTLED = """() => Promise.allSettled(
    document.getAnimations()
        .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
        .map((animation) => animation.finished)
).then(() => null)"""


class Album:
    """The pictures of this run, by name."""

    def __init__(self, browser: Browser, url: str, wanted: list[str]) -> None:
        self._browser = browser
        self._wanted = wanted
        self.url = url
        self.names: list[str] = []

    def player(self, name: str, *, opens: bool = True, **context: object) -> TablePage:
        page = self._browser.new_context(viewport=SIZES["desk"], **context).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(10_000)
        player = TablePage(page, self.url, name)
        if opens:
            player.open_lobby()
        return player

    def wants(self, *names: str) -> bool:
        """Whether any of these states is asked for."""
        return not self._wanted or any(part in name for part in self._wanted for name in names)

    def take(self, page: Page, name: str, *, whole: bool = True) -> None:
        if not self.wants(name):
            return
        self.names.append(name)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for size, viewport in SIZES.items():
                page.set_viewport_size(viewport)  # type: ignore[arg-type]
                page.evaluate(SETTLED)
                page.screenshot(path=OUT / f"{name}-{scheme}-{size}.png", full_page=whole)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(SIZES["desk"])  # type: ignore[arg-type]


def contents(names: list[str]) -> str:
    rows = "".join(
        f"<h2>{escape(name)}</h2><p>"
        + "".join(f'<img src="{name}-{scheme}-{size}.png" alt="">' for scheme in SCHEMES for size in SIZES)
        for name in names
    )
    style = "body{font:15px system-ui;margin:24px}img{height:420px;margin:4px;border:1px solid #999}"
    return f"<!doctype html><meta charset=utf-8><title>Screenshots</title><style>{style}</style>{rows}"
