"""How a value changed, in words; and when there is too little to say so."""

from kibitz_dashboard import words
from kibitz_dashboard.core.catalogue import Metric

BASE_MIN = 20
"""A change that rests on fewer things is chance: no percent is said of fewer, and no rate compared."""


def change(
    metric: Metric, now: float | None, before: float | None, n: float | None, n_before: float | None
) -> str | None:
    """`+12 (+8 %)`, `-1.4 points`, `±0`; None where a side is not known or rests on too few.

    `n` and `n_before` are how many things the two values rest on; a count rests on itself.
    """
    if now is None or before is None:
        return None
    if metric.unit == "count":
        difference = round(now - before)
        if difference == 0:
            return "±0"
        return f"{difference:+,.0f}{_share(now, before) if before >= BASE_MIN else ''}"
    if min(n or 0, n_before or 0) < BASE_MIN:
        return None
    if metric.unit == "percent":
        points = round(100 * (now - before), 1)
        return f"{points:+.1f} points" if points else "±0"
    said = metric.say(abs(now - before))
    if said == metric.say(0):
        return "±0"
    return f"{'+' if now > before else '-'}{said}{_share(now, before)}"


def basis(n: float | None, things: str) -> str:
    return f"n = {words.count(n)} {things}"


def _share(now: float, before: float) -> str:
    return f" ({100 * (now - before) / abs(before):+.0f} %)" if before else ""
