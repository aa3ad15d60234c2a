"""The value axis of a figure by the unit of what stands on it: durations in their unit, shares in percent."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kibitz_dashboard.core.catalogue import Unit

_DURATIONS = ((1_000.0, 1.0, "ms"), (120_000.0, 1_000.0, "s"), (7_200_000.0, 60_000.0, "min"))
_BYTES = ((1e3, 1.0, "B"), (1e6, 1e3, "KB"), (1e9, 1e6, "MB"))


@dataclass(frozen=True, slots=True)
class Scale:
    """What values are divided by before they are drawn, and the axis that then says what they are."""

    by: float = 1.0
    axis: dict[str, Any] = field(default_factory=dict)

    def drawn(self, values: Iterable[float | None]) -> list[float | None]:
        """Without NaN, which JSON does not know."""
        return [None if value is None or value != value else float(value) / self.by for value in values]


def scale(unit: Unit, most: float, title: str = "") -> Scale:
    """`most`: the largest value that will be drawn; `title` takes the place of the unit's own name."""
    if unit == "percent":
        return Scale(1.0, {"tickformat": ",.0%" if most > 0.05 else ",.1%", "title": {"text": title}})
    if unit == "us":
        return scale("duration", most / 1000, title)
    if unit in ("duration", "bytes"):
        steps, last = (_DURATIONS, (3_600_000.0, "h")) if unit == "duration" else (_BYTES, (1e9, "GB"))
        by, name = next(((by, name) for up_to, by, name in steps if most < up_to), last)
        return Scale(by, {"tickformat": ",~g", "title": {"text": f"{title}, {name}" if title else name}})
    return Scale(1.0, {"tickformat": ",~g", "title": {"text": title}})
