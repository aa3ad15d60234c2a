"""What a page showed, said and heard lately: it stands in the report of a test that failed."""

import time
from collections import deque

from playwright.sync_api import Error, Page, WebSocket

LINES_MAX = 40
LINE_MAX = 240
TEXT_MAX = 1_200


class PageDiary:
    """Written down from the first moment on. Binary frames are left out: a race sends 20 a second."""

    def __init__(self, page: Page, name: str) -> None:
        self._page = page
        self._name = name
        self._lines: deque[str] = deque(maxlen=LINES_MAX)
        page.on("framenavigated", lambda frame: self._note("at", frame.url))
        page.on("console", lambda said: self._note("console", said.text))
        page.on("requestfailed", lambda request: self._note("failed", f"{request.method} {request.url}"))
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        self._note("socket", "opened")
        socket.on("close", lambda _: self._note("socket", "closed"))
        socket.on("framesent", lambda frame: self._heard("sent", frame))
        socket.on("framereceived", lambda frame: self._heard("heard", frame))

    def _heard(self, kind: str, frame: str | bytes) -> None:
        if isinstance(frame, str):
            self._note(kind, frame)

    def _note(self, kind: str, text: str) -> None:
        self._lines.append(f"{time.time():.3f} {kind} {text[:LINE_MAX]}")

    def read(self) -> str:
        """Everything, the newest last; of a page that does not answer only what was written down."""
        try:
            pill = self._page.get_by_test_id("net-pill").first
            told = "pill => JSON.stringify(pill.dataset)"
            state = pill.evaluate(told, timeout=1_000) if pill.count() else "no connection"
            text = self._page.locator("body").inner_text(timeout=1_000)[:TEXT_MAX]
        except Error as error:
            state, text = "it does not answer", str(error)
        return "\n".join([f"--- {self._name} at {self._page.url}: {state}", text, *self._lines])
