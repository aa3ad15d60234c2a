"""A visitor's browser for the client's bench: slow on request, and keeping what it saw when."""

import time
from types import TracebackType

from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute

SLOW_4G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1.6 * 2**20 / 8 * 0.9,
    "uploadThroughput": 750 * 2**10 / 8 * 0.9,
}
"""Source: Lighthouse, docs/throttling.md: request-level equivalents of 150 ms and 1.6 Mbit/s."""
CPU_DIVIDED_BY = 4

MARKS = """
window.__marks = {};
window.__seen = { fcp: 0, lcp: 0, cls: 0, tbt: 0 };
const watch = (type, each) =>
  new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
watch("paint", (entry) => { if (entry.name === "first-contentful-paint") __seen.fcp = entry.startTime; });
watch("largest-contentful-paint", (entry) => { __seen.lcp = entry.startTime; });
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) __seen.cls += entry.value; });
watch("longtask", (entry) => { __seen.tbt += Math.max(0, entry.duration - 50); });
const WANTED = {
  rows: '[data-testid="new-room"]',
  online: '[data-testid="net-pill"][data-status="connected"]',
  board: '[data-testid="board"]',
};
const look = () => {
  for (const [name, hook] of Object.entries(WANTED))
    if (!__marks[name] && document.querySelector(hook)) __marks[name] = performance.now();
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
/* Nothing has been fetched for a while: what is fetched ahead of time is here. */
window.__rested = () => {
  const last = Math.max(0, ...performance.getEntriesByType("resource").map((entry) => entry.responseEnd));
  return last > 0 && performance.now() - last > 3_000;
};
"""

INP = """
window.__inputs = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (entry.interactionId && entry.name === "click") __inputs.push(entry.duration);
}).observe({ type: "event", durationThreshold: 16 });
"""

KEEPS_ALL = """async () => {
    await navigator.serviceWorker.ready;
    const count = async () => (await (await caches.open("files")).keys()).length;
    for (let before = -1, now = await count(); now !== before || now < 12; before = now, now = await count())
        await new Promise((go) => setTimeout(go, 700));
}"""


class Visitor:
    """One person with an empty browser; with a `name` they were here before and have a session."""

    def __init__(
        self, browser: Browser, url: str, *, name: str | None = None, is_thrifty: bool = False
    ) -> None:
        self.url = url
        self.context: BrowserContext = browser.new_context(viewport={"width": 412, "height": 915})
        if is_thrifty:
            self.context.add_init_script(
                "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
            )
        if name is not None:
            answer = self.context.request.post(f"{url}/api/session", data={"name": name})
            me = answer.text()
            self.context.add_init_script(f"localStorage.setItem('kibitz.session', {me!r})")

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.context.close()

    def make_room(self, *, bots: int) -> str:
        made = self.context.request.post(f"{self.url}/api/rooms", data={"game": "connect-four", "bots": bots})
        return str(made.json()["room_id"])

    def slow_page(self, extra: str = "") -> Page:
        """A page on a slow link and a slow processor, which notes what it shows when."""
        page = self.context.new_page()
        page.add_init_script(MARKS + extra)
        chrome = self.context.new_cdp_session(page)
        chrome.send("Network.enable")
        chrome.send("Network.emulateNetworkConditions", SLOW_4G)
        chrome.send("Emulation.setCPUThrottlingRate", {"rate": CPU_DIVIDED_BY})
        return page

    def paints(self, page: Page) -> dict[str, float]:
        """Milliseconds since the navigation began; `cls` without a unit."""
        seen: dict[str, float] = page.evaluate("() => ({ ...__seen, ...__marks })")
        return seen

    def let_worker_keep_all(self) -> None:
        page = self.context.new_page()
        page.goto(self.url)
        page.evaluate(KEEPS_ALL)
        page.close()


class Watch:
    """When a page's connection became what; and a way to make it fall silent without a sign."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._is_silent = False
        page.route_web_socket("**/socket.io/**", self._carry)

    def _carry(self, route: WebSocketRoute) -> None:
        upstream = route.connect_to_server()
        upstream.on_message(lambda message: None if self._is_silent else route.send(message))
        route.on_message(lambda message: None if self._is_silent else upstream.send(message))

    def be_silent(self, is_silent: bool, /) -> None:
        self._is_silent = is_silent

    def sees(self, *statuses: str) -> float:
        """The monotonic second at which the pill said one of them."""
        told = ", ".join(f'[data-testid="net-pill"][data-status="{status}"]' for status in statuses)
        self._page.locator(told).first.wait_for(timeout=40_000)
        return time.monotonic()
