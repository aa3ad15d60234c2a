"""The cells of the matrix in words, and the days on which the people of a cell played."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pandas as pd

from kibitz_dashboard import words
from kibitz_dashboard.core.periods import Window
from kibitz_dashboard.wilson import said

VARIANTS = {
    "classic": "On the day",
    "rolling": "On the day or later",
    "hours24": "24-hour days",
    "bracket": "In brackets",
}
TEXTS = {
    "classic": "active on UTC day N after the first one",
    "rolling": "active on UTC day N or any later day up to now; old cohorts had longer to come back",
    "hours24": "active in the N-th 24 hours after the hour of the first activity",
    "bracket": "active on any of the days 1 to 7, 8 to 14 or 15 to 30",
}
DAILY_UP_TO = 14
_SPANS = {"1–7": (1, 7), "8–14": (8, 14), "15–30": (15, 30)}


def grain(window: Window) -> str:
    """Cohorts of days where they are few, else of weeks, which have enough people to say something."""
    return "day" if window.days <= DAILY_UP_TO else "week"


def shown(rows: pd.DataFrame, *, is_bracket: bool) -> pd.DataFrame:
    spans = {upper: name for name, (_, upper) in _SPANS.items()}
    return pd.DataFrame(
        {
            "Cohort": rows["cohort_at"],
            "Day": [spans.get(day, str(day)) if is_bracket else str(day) for day in rows["day_n"]],
            "New people": rows["n_cohort"],
            "Came back": rows["n_retained"],
            "Share": [
                words.percent(back / n) for back, n in zip(rows["n_retained"], rows["n_cohort"], strict=True)
            ],
            "95 % interval": [
                said(back, n) for back, n in zip(rows["n_retained"], rows["n_cohort"], strict=True)
            ],
        }
    )


def when(point: Mapping[str, object], cohort_days: int) -> Window | None:
    """The days on which the people of a clicked cell came back."""
    try:
        first = datetime.strptime(str(point.get("y")).partition(" · ")[0], "%d %b %Y")  # noqa: DTZ007 -- UTC days are naive here
        lower, upper = _SPANS.get(name := str(point.get("x")), (-1, -1))
        if lower < 0:
            lower = upper = int(name)
    except ValueError:
        return None
    return Window(first + timedelta(days=lower), first + timedelta(days=upper + cohort_days))
