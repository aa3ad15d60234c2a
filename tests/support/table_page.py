"""A player's page in the words of a player: the hooks of the client are named here and nowhere else."""

import re
from typing import Literal

from playwright.sync_api import Locator, Page, expect

Transport = Literal["websocket", "polling"]
RECOVERY_MS = 15_000


class TablePage:
    """One person at one page. Actions wait for what they need; `sees_…` methods are expectations."""

    def __init__(self, page: Page, url: str, name: str) -> None:
        self.page = page
        self.url = url
        self.name = name
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error.stack or error)))

    def at(self, hook: str) -> Locator:
        return self.page.get_by_test_id(hook)

    # ------------------------------------------------------------ doing

    def open_lobby(self) -> None:
        self.page.goto(self.url)
        self.at("name-input").fill(self.name)

    def open(self, url: str) -> None:
        self.page.goto(url)

    def create_room(self) -> str:
        """A new room; its code."""
        self.at("new-room").first.click()
        return self.code()

    def play_bot(self) -> None:
        self.at("play-bot").first.click()
        expect(self.at("board")).to_be_visible()

    def join_by_code(self, code: str) -> None:
        self.at("join-code").fill(code)
        self.at("join-button").click()
        self.take_place()

    def take_place(self) -> None:
        """Go through the door of a room, which asks people without a session for a name first."""
        door = self.page.get_by_test_id("sit").or_(self.page.get_by_test_id("watch"))
        expect(self.at("board").or_(door).first).to_be_visible()
        if door.first.is_visible():
            self.at("name-input").fill(self.name)
            door.first.click()
        expect(self.at("board")).to_be_visible()

    def resign(self) -> None:
        self.at("resign").click()
        self.at("resign-confirm").click()

    def code(self) -> str:
        expect(self.at("room-code")).to_have_text(re.compile(r"[A-Z2-9]{4}.?[A-Z2-9]{4}"))
        return re.sub(r"[^A-Z2-9]", "", self.at("room-code").inner_text())

    def make_room(self, game: str, *, bots: int = 0, **options: object) -> str:
        """A room of any game, as the lobby makes one; its id."""
        made: dict[str, str] = self.page.evaluate(
            """async ([name, game, bots, options]) => {
                const post = (path, body) => fetch(path, {
                    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
                });
                await post("/api/session", {name});
                return (await post("/api/rooms", {game, bots, options})).json();
            }""",
            [self.name, game, bots, options],
        )
        return made["room_id"]

    def sit_at(self, room: str) -> None:
        self.open(f"{self.url}/room/{room}")
        self.take_place()

    def room_id(self) -> str:
        found = re.search(r"/room/([\w-]+)", self.page.url)
        assert found is not None, self.page.url
        return found.group(1)

    def drop(self, column: int) -> None:
        """Once the board takes it: before the page knows whose turn it is, a click does nothing."""
        expect(self.at("board")).to_have_class(re.compile(r"\bcan-drop\b"), timeout=RECOVERY_MS)
        self.at(f"column-{column}").click()

    # ------------------------------------------------------------ seeing

    def sees_disc(self, row: int, column: int, seat: int, timeout_ms: int = RECOVERY_MS) -> None:
        """A confirmed disc. Rows are counted from the top."""
        cell = self.at(f"cell-{row}-{column}")
        expect(cell).to_have_attribute("data-owner", str(seat), timeout=timeout_ms)
        expect(cell).not_to_have_attribute("data-pending", "true", timeout=timeout_ms)

    def sees_disc_count(self, count: int) -> None:
        expect(self.page.locator('[data-owner="0"], [data-owner="1"]')).to_have_count(count)

    def sees_connection(self, status: str, transport: Transport | None = None) -> None:
        pill = self.at("net-pill")
        expect(pill).to_have_attribute("data-status", status, timeout=RECOVERY_MS)
        if transport is not None:
            expect(pill).to_have_attribute("data-transport", transport, timeout=RECOVERY_MS)

    def sees_turn(self, seat: int, timeout_ms: int = RECOVERY_MS) -> None:
        expect(self.at(f"plate-{seat}")).to_have_attribute("data-turn", "true", timeout=timeout_ms)

    def sees_winner(self, seat: int) -> None:
        expect(self.at("outcome")).to_have_attribute("data-winner", str(seat), timeout=RECOVERY_MS)

    def board(self) -> list[list[str]]:
        """Who owns each cell: `0`, `1` or an empty string."""
        return [
            [self.at(f"cell-{row}-{column}").get_attribute("data-owner") or "" for column in range(7)]
            for row in range(6)
        ]

    def scrolls_sideways(self) -> bool:
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        )
