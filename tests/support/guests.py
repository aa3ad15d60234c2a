"""People with a browser of their own each, who come to the pages of a server and leave again."""

import re

from playwright.sync_api import Browser

from support.page_diary import PageDiary
from support.processes import ROOT
from support.table_page import RECOVERY_MS, TablePage

PICTURES = ROOT / "artifacts" / "e2e"


class Guests:
    """Called with a name, it opens the lobby for somebody; `all_leave` closes what is open."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._here: list[TablePage] = []
        self._diaries: list[PageDiary] = []

    def __call__(
        self, url: str, name: str, *, websocket: bool = True, init_script: str = "", **context: object
    ) -> TablePage:
        """`websocket=False` blocks websockets for them, `init_script` runs before each page's own scripts,
        `service_workers="allow"` lets the browser keep pages.
        """
        made = self._browser.new_context(**{"service_workers": "block", **context})  # type: ignore[arg-type]
        page = made.new_page()
        page.set_default_timeout(RECOVERY_MS)
        self._diaries.append(PageDiary(page, name))
        if init_script:
            page.add_init_script(init_script)
        if not websocket:
            page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
        player = TablePage(page, url, name)
        self._here.append(player)
        player.open_lobby()
        return player

    def all_leave(self) -> None:
        """An open board goes on drawing: who is not needed any more goes. Raises where a page threw."""
        errors = self.errors()
        for player in self._here:
            player.page.context.close()
        self._here.clear()
        self._diaries.clear()
        assert errors == [], "pages threw exceptions"

    def errors(self) -> list[str]:
        """What the pages threw, and whose."""
        return [f"{player.name}: {error}" for player in self._here for error in player.errors]

    def diaries(self) -> str:
        """What the first page of each showed, said and heard lately."""
        return "\n".join(diary.read() for diary in self._diaries)

    def keep_pictures(self, test: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for player in self._here:
            name = re.sub(r"[^\w\[\].-]", "_", f"{test}-{player.name}")
            player.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
