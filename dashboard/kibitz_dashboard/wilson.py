"""How sure a share is: Wilson's interval, which keeps its promise for few cases and near 0 and 1."""

from math import sqrt

Z = 1.959964
"""95 of 100 intervals hold the true share."""
N_MIN = 30
"""Shares of fewer cases are shown in grey."""


def wilson(part: float, whole: float) -> tuple[float, float]:
    """Lower and upper bound of the share; 0 to 1 where there is no case."""
    if whole <= 0:
        return 0.0, 1.0
    share, spread = part / whole, Z * Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def said(part: float, whole: float) -> str:
    """21.4 to 25.0 %"""
    low, high = wilson(part, whole)
    return f"{100 * low:.1f} to {100 * high:.1f} %"
