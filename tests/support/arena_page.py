"""A player's page at Light Cycles: the hooks of that board are named here and nowhere else."""

import re

from playwright.sync_api import Locator, expect

from support.table_page import RECOVERY_MS, TablePage

ROUND_MS = 60_000
_A_NUMBER = re.compile(r"[\d.]+")


class ArenaPage:
    def __init__(self, table: TablePage) -> None:
        self.table = table
        self.at = table.at

    def create(self, *, seats: int = 2, points: int = 1, bots: bool = False) -> str:
        """A new room; its code. With `bots` they take the other seats at once."""
        card = self.at("game-light-cycles")
        card.get_by_test_id("pick").click()
        self.at("more").locator("summary").click()
        self.at("seats-choice").get_by_text(str(seats), exact=True).click()
        self.at("option-points").select_option(str(points))
        if bots:
            card.get_by_test_id("play-bot").click()
            return ""
        self.at("new-room").first.click()
        return self.table.code()

    def sees_phase(self, phase: str, timeout_ms: int = RECOVERY_MS) -> None:
        expect(self.board).to_have_attribute("data-phase", phase, timeout=timeout_ms)

    @property
    def board(self) -> Locator:
        return self.at("board")

    def press(self, key: str) -> None:
        self.table.page.keyboard.press(key)

    def where(self) -> str:
        """What the page says on `?`."""
        self.press("?")
        return self.at("arena-news").inner_text()

    def turns_into_the_near_edge(self) -> None:
        """Of two, before the race begins: back along one's own start, and out after eight cells."""
        for key in ("ArrowUp", "ArrowLeft") if self.heading() == "right" else ("ArrowDown", "ArrowRight"):
            self.press(key)

    def heading(self) -> str:
        """Where one rides, with the turns that were asked for."""
        said = self.where()
        found = re.search(r"You ride (\w+) at", said)
        assert found is not None, said
        return found[1]

    def sees_points(self, seat: int, points: int) -> None:
        expect(self.at(f"points-{seat}")).to_have_attribute("data-points", str(points), timeout=ROUND_MS)

    def draw_p95_ms(self) -> float:
        """Of the newest 240 pictures."""
        expect(self.at("arena")).to_have_attribute("data-draw-p95", _A_NUMBER, timeout=RECOVERY_MS)
        return float(self.at("arena").get_attribute("data-draw-p95") or "nan")

    def corrections(self) -> int:
        """How often the player's own rider was elsewhere than it was shown."""
        return int(self.at("arena").get_attribute("data-corrections") or 0)

    def ends(self) -> str:
        """The winner's seat, once the match is over; empty for a draw."""
        expect(self.at("outcome")).to_be_visible(timeout=ROUND_MS)
        return self.at("outcome").get_attribute("data-winner") or ""
