"""A trend as a sentence, with its unit and how sure it is."""

from enum import StrEnum


class Direction(StrEnum):
    RISING = "rising"
    FALLING = "falling"
    FLAT = "flat"


FLAT_SHARE = 0.01
"""A change below a hundredth of the level in a week is called flat however sure it is."""


def direction(slope: float, low: float, high: float, level: float) -> Direction:
    """Rising or falling only where the interval leaves 0 out and the change is worth a word."""
    if abs(slope) * 7 < FLAT_SHARE * abs(level):
        return Direction.FLAT
    if low > 0:
        return Direction.RISING
    return Direction.FALLING if high < 0 else Direction.FLAT


def sentence(metric: str, slope: float, low: float, high: float, level: float) -> str:
    """Such as `Rising by about 12 a week (+3.1 %), between 8 and 16.` The interval is one of 90 %."""
    going = direction(slope, low, high, level)
    a, b = sorted((low * 7, high * 7))
    if going is Direction.FLAT:
        return f"No clear change: between {_signed(metric, a)} and {_signed(metric, b)} a week."
    share = f" ({100 * slope * 7 / level:+.1f} %)" if level > 0 else ""
    least, most = sorted((abs(a), abs(b)))
    return (
        f"{going.capitalize()} by about {_amount(metric, abs(slope) * 7)} a week{share}, "
        f"between {_amount(metric, least)} and {_amount(metric, most)}."
    )


def _signed(metric: str, value: float) -> str:
    return ("-" if value < 0 else "+") + _amount(metric, abs(value))


def _amount(metric: str, value: float) -> str:
    if metric.endswith("_rate"):
        return f"{value * 100:.2g} points"
    if metric.endswith("_ms"):
        return f"{value / 1000:.3g} s" if value >= 1000 else f"{value:.3g} ms"
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
