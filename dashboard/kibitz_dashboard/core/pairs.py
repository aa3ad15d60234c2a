"""A number of the period beside the same number of the period before."""

from dataclasses import dataclass

import pandas as pd

from kibitz_dashboard.core.frames import first


@dataclass(frozen=True, slots=True)
class Both:
    now: float | None
    before: float | None = None
    """None where nothing is compared as well."""

    @property
    def is_compared(self) -> bool:
        return self.now is not None and self.before is not None


class Pair:
    """The one row of a query, over both periods: a column gives a `Both`."""

    def __init__(self, now: pd.DataFrame, before: pd.DataFrame | None) -> None:
        self._now = now
        self._before = before

    def __getitem__(self, column: str) -> Both:
        return Both(first(self._now, column), None if self._before is None else first(self._before, column))


def ratio(part: Both, whole: Both) -> Both:
    """None without a denominator: a rate of nothing is not zero."""
    return Both(_over(part.now, whole.now), _over(part.before, whole.before))


def _over(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole
