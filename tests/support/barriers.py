"""What keeps people from a page: contrasts, names that nobody hears, targets that no finger hits."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PHONE = 390
FINGER_PX = 44


def has_no_barriers(page: Page, where: str, *, is_window: bool = False) -> None:
    """axe finds nothing, in light and dark, at the page's own size and on a phone; a window that opens over
    a page is looked at in two of the four."""
    size = page.viewport_size
    assert size is not None
    looks = [("light", size["width"]), ("dark", PHONE)]
    if not is_window:
        looks += [("light", PHONE), ("dark", size["width"])]
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": size["height"]})
        settle(page)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{where}, {scheme}, {width}:\n{found.generate_report()}"
    page.set_viewport_size(size)


def settle(page: Page) -> None:
    """What fades in, or takes on other colours, has a weaker contrast until it is there."""
    page.evaluate(
        """() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() =>
            Promise.allSettled(
                document.getAnimations()
                    .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
                    .map((animation) => animation.finished)
            ).then(() => null))"""
    )


def small_targets(page: Page) -> list[str]:
    """What can be pressed and is smaller than a finger, in words. Links within a sentence are none."""
    small: list[str] = page.evaluate(
        """(least) => [...document.querySelectorAll("button, a.btn, input, summary, select")]
            .map((one) => [one, (one.closest("label.check") ?? one).getBoundingClientRect()])
            .filter(([, box]) => box.height > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
            .map(([one, box]) => [one.dataset.testid ?? one.textContent, box.width, box.height].join(" "))""",
        FINGER_PX,
    )
    return small
