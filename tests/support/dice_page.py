"""A player's page at Liar's Dice: the hooks of that board are named here and nowhere else."""

import re
from re import Pattern

from playwright.sync_api import Locator, expect

from support.table_page import RECOVERY_MS, TablePage


class DicePage:
    def __init__(self, table: TablePage) -> None:
        self.table = table
        self.at = table.at

    # ------------------------------------------------------------ doing

    def pick(self) -> None:
        """Show the options of the game in the lobby."""
        self.at("game-liars-dice").get_by_test_id("pick").click()
        self.at("more").locator("summary").click()
        expect(self.at("option-dice")).to_be_visible()

    def create(self, *, seats: int, dice: int, bots: bool = False) -> str:
        """A new room; its code. With `bots` they take the other seats at once."""
        self.pick()
        self.at("seats-choice").get_by_text(str(seats), exact=True).click()
        self.at("option-dice").select_option(str(dice))
        if bots:
            self.at("game-liars-dice").get_by_test_id("play-bot").click()
            return ""
        self.at("new-room").first.click()
        return self.table.code()

    def bid(self) -> None:
        """The bid that the picker has laid out."""
        expect(self.at("bid")).to_be_enabled(timeout=RECOVERY_MS)
        self.at("bid").click()
        expect(self.at("standing")).to_be_visible()

    def call(self) -> None:
        expect(self.at("challenge")).to_be_enabled(timeout=RECOVERY_MS)
        self.at("challenge").click()

    def ready(self) -> None:
        """Seen enough; who is out is not asked."""
        if self.at("ready").count():
            self.at("ready").click()

    def verify(self) -> str:
        """What the page says of the dice; that it is proved is expected."""
        self.at("verify").click()
        expect(self.at("proof")).to_have_attribute("data-proved", "true")
        return self.at("proof").inner_text()

    # ------------------------------------------------------------ seeing

    def phase(self) -> str:
        return self.at("board").get_attribute("data-phase") or ""

    def turn(self, *, but: int | None = None) -> int:
        """Whose turn it is; not `but`, who has just acted."""
        not_this = "" if but is None else f':not([data-testid="plate-{but}"])'
        plate = self.table.page.locator(f'[data-turn="true"]{not_this}')
        expect(plate).to_have_count(1, timeout=RECOVERY_MS)
        return int((plate.get_attribute("data-testid") or "").removeprefix("plate-"))

    def own_dice(self) -> str | None:
        return self.at("own-dice").get_attribute("aria-label")

    def sees_phase(self, phase: str) -> None:
        expect(self.at("board")).to_have_attribute("data-phase", phase, timeout=RECOVERY_MS)

    def sees_shown(self) -> None:
        shown = re.compile("revealed|finished")
        expect(self.at("board")).to_have_attribute("data-phase", shown, timeout=RECOVERY_MS)

    def sees_round(self, number: int) -> None:
        expect(self.at("board")).to_have_attribute("data-round", str(number), timeout=RECOVERY_MS)

    def sees_hidden(self, seat: int, *, dice: int) -> None:
        cup = self.at(f"cup-{seat}")
        expect(cup).to_have_attribute("data-count", str(dice))
        expect(cup).to_have_attribute("data-dice", "")

    def sees_standing(self, bid: Pattern[str]) -> None:
        expect(self.at("standing")).to_have_attribute("data-bid", bid, timeout=RECOVERY_MS)

    def targets(self) -> list[float]:
        """The heights of what can be touched on the board."""
        found: Locator = self.table.page.locator(".ld button:visible, .ld label:visible")
        boxes = [each.bounding_box() for each in found.all()]
        return [round(box["height"], 1) for box in boxes if box is not None]
