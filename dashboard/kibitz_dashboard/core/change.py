"""What the tiles say: a value with its unit, how many things it rests on, and how it changed."""

from dataclasses import dataclass

from kibitz_dashboard.words import NOTHING

PERCENT_BASE_MIN = 20
"""A change of fewer things than that is said in things, not in percent."""


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    delta: str | None
    """Starts with a minus where the value fell; None where there is nothing to compare with."""
    basis: str
    """What the value rests on: n, and of what."""
    definition: str
    is_good_up: bool | None = None
    """None where neither direction is good."""


def change(now: float | None, before: float | None, *, unit: str = "", digits: int = 0) -> str | None:
    """The change in words: `+12 (+8 %)`, `-0.4 moves`, `±0`; None when either side is not known."""
    if now is None or before is None:
        return None
    difference = round(now - before, digits)
    if difference == 0:
        return f"±0{unit}"
    said = f"{difference:+,.{digits}f}{unit}"
    if abs(before) >= PERCENT_BASE_MIN:
        said += f" ({100 * (now - before) / abs(before):+.0f} %)"
    return said


def ratio(part: float | None, whole: float | None) -> float | None:
    """None without a denominator: a rate of nothing is not zero."""
    if part is None or not whole:
        return None
    return part / whole


def basis(n: float | None, things: str) -> str:
    return f"n = {n:,.0f} {things}" if n is not None else f"n = {NOTHING} {things}"
