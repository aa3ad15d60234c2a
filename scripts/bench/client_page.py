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
const found = new Set();
/* The frame that shows it. */
const look = () => {
  for (const [name, hook] of Object.entries(WANTED)) {
    if (__marks[name] || found.has(name) || !document.querySelector(hook)) continue;
    found.add(name);
    requestAnimationFrame(() => { __marks[name] = performance.now(); found.delete(name); });
  }
};
const changes = ["data-status", "data-turn"];
const each = { subtree: true, childList: true, attributes: true, attributeFilter: changes };
new MutationObserver(look).observe(document, each);
/* Resolves once `test` holds; it is asked when the document changes, and ten times a second. */
window.__until = (test) => new Promise((done, fail) => {
  const began = performance.now();
  const timer = setInterval(() => check(), 100);
  const observer = new MutationObserver(() => check());
  const check = () => {
    const isLate = performance.now() - began > 40_000;
    if (!isLate && !test()) return;
    clearInterval(timer);
    observer.disconnect();
    if (isLate) fail(new Error("it did not come: " + test));
    else done();
  };
  observer.observe(document, each);
  check();
});
/* Nothing has been fetched for a while: what is fetched ahead of time is here. */
window.__rested = () => {
  const last = Math.max(0, ...performance.getEntriesByType("resource").map((entry) => entry.responseEnd));
  return last > 0 && performance.now() - last > 3_000;
};
"""
"""Notes what a page shows when. It asks for no frame and looks only when something changed: on a processor
divided by 4, looking at each frame took a fifth of it."""

INP = """
window.__inputs = {};
new PerformanceObserver((list) => {
  for (const { interactionId, duration } of list.getEntries())
    if (interactionId) __inputs[interactionId] = Math.max(__inputs[interactionId] ?? 0, duration);
}).observe({ type: "event", durationThreshold: 16 });
"""
"""As "interaction to next paint" is defined: the longest of the events of one press."""

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

    def code_of(self, room: str) -> str:
        """What invites into it."""
        return str(self.context.request.get(f"{self.url}/api/rooms/{room}").json()["code"])

    def slow_page(self, extra: str = "") -> Page:
        """A page on a slow link and a slow processor, which notes what it shows when."""
        page = self.context.new_page()
        page.add_init_script(MARKS + extra)
        self._chrome = chrome = self.context.new_cdp_session(page)
        chrome.send("Network.enable")
        chrome.send("Network.emulateNetworkConditions", SLOW_4G)
        chrome.send("Emulation.setCPUThrottlingRate", {"rate": CPU_DIVIDED_BY})
        return page

    def run(self, script: str) -> object:
        """The value of a JavaScript expression on the slow page, awaited.

        By the browser's own protocol: Playwright's `evaluate` and `wait_for_function` bring a program of
        their own along, which takes 50 ms of a slow processor just while the page is drawn.
        """
        answer = self._chrome.send(
            "Runtime.evaluate", {"expression": script, "awaitPromise": True, "returnByValue": True}
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def go(self, page: Page, path: str) -> None:
        page.goto(self.url + path, wait_until="commit")

    def until(self, test: str) -> None:
        """Waits until that expression is true on the slow page."""
        self.run(f"__until(() => {test})")

    def number(self, script: str) -> float:
        value = self.run(script)
        assert isinstance(value, int | float), value
        return float(value)

    def press(self, page: Page, selector: str) -> None:
        """As a hand does it: the pointer comes, rests, and presses for a moment."""
        box = self.run(
            f"(({{ x, y, width, height }}) => [x + width / 2, y + height / 2])"
            f"(document.querySelector('{selector}').getBoundingClientRect())"
        )
        assert isinstance(box, list)
        page.mouse.move(*box)
        page.wait_for_timeout(150)
        page.mouse.down()
        page.wait_for_timeout(80)
        page.mouse.up()

    def paints(self) -> dict[str, float]:
        """Milliseconds since the navigation began; `cls` without a unit."""
        seen = self.run("({ ...__seen, ...__marks })")
        assert isinstance(seen, dict)
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
