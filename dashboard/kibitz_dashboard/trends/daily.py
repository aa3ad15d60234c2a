"""Daily figures side by side: this period, the one before on the same weekdays, and where each is going."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pandas as pd

from kibitz_dashboard import words
from kibitz_dashboard.core.catalogue import metric, metrics
from kibitz_dashboard.core.change import change
from kibitz_dashboard.core.pairs import Both

NAMES = (
    "dau", "wau", "mau", "n_new", "n_rooms", "n_matches", "n_moves", "n_sessions", "rooms_peak",
    "finish_rate", "abandon_rate", "duration_p50_ms", "think_p50_ms", "wait_p50_ms", "fill_p50_ms",
    "session_p50_ms", "act_p95_ms", "errors", "refusals",
)  # fmt: skip
"""Of agg_metric_day, as the catalogue has them; the order of the page."""
COUNTED = ("n_new", "n_rooms", "n_matches", "n_moves", "n_sessions", "errors", "refusals", "dau")
"""Of which a day without a row had none."""
ARROWS = {"rising": "↗", "falling": "↘", "flat": "→ flat:"}
SAID_BY_ARROWS = ("Rising by about ", "Falling by about ", "No clear change: ")
"""Of a sentence, what its arrow says in a table, where a whole sentence is cut off."""


def label(name: str) -> str:
    return metric(name).label if name in metrics() else words.column(name)


def aligned(before: pd.DataFrame, shift: timedelta, today: datetime) -> pd.DataFrame:
    """The days of the period before, moved into this one; those whose weekday is still to come are left out,
    so that both periods have the same weekdays."""
    moved = before.assign(at=before["at"] + shift)
    return moved[moved["at"] < today]


def whole(days: pd.DataFrame) -> pd.DataFrame:
    """With a zero for each day on which there was nothing to count; other figures have no value then."""
    if days.empty:
        return days
    every = pd.date_range(days["at"].min(), days["at"].max(), freq="D")
    missing = [
        pd.DataFrame({"metric": name, "at": every.difference(only(days, name)["at"]), "value": 0.0, "n": 0})
        for name in COUNTED
    ]
    return pd.concat([days, *(part for part in missing if len(part))]).sort_values(
        ["metric", "at"], ignore_index=True
    )


def only(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows of one figure."""
    return rows[rows["metric"] == name]


def mean(days: pd.DataFrame, name: str) -> float | None:
    values = days["value"][days["metric"] == name]
    return None if values.empty else float(values.mean())


def cases(days: pd.DataFrame, name: str) -> float:
    return float(days["n"][days["metric"] == name].sum())


def both(days: pd.DataFrame, before: pd.DataFrame | None, name: str) -> tuple[Both, Both]:
    """The mean of a figure's days in both periods, and how many cases are behind each."""
    old = (None, None) if before is None else (mean(before, name), cases(before, name))
    return Both(mean(days, name), old[0]), Both(cases(days, name), old[1])


def summary(days: pd.DataFrame, before: pd.DataFrame | None, going: pd.DataFrame) -> pd.DataFrame:
    """One line for each figure that has days in the period, ready to be shown."""
    said: Mapping[str, tuple[str, str]] = {
        name: (ARROWS.get(direction, ""), text)
        for name, direction, text in zip(going["metric"], going["direction"], going["words"], strict=True)
    }
    found = []
    for name in NAMES:
        if not (days["metric"] == name).any():
            continue
        about = metric(name)
        value, n = both(days, before, name)
        moved = change(about, value.now, value.before, n.now, n.before)
        direction, text = said.get(name, ("", "Too few days for a line: it takes two weeks."))
        for begin in SAID_BY_ARROWS:
            text = text.removeprefix(begin)
        found.append(
            {
                "metric": name,
                "Figure": about.label,
                "A day": about.say(value.now),
                "Before": about.say(value.before),
                "Change": moved or words.NOTHING,
                "Days": days["value"][days["metric"] == name].tolist(),
                "Eight weeks": f"{direction} {text}".strip(),
            }
        )
    return pd.DataFrame(found)


def odd_days(rows: pd.DataFrame) -> pd.DataFrame:
    """Days that were off, as people read them."""
    return pd.DataFrame(
        {
            "Day": rows["at"],
            "Figure": [label(name) for name in rows["metric"]],
            "Game": [words.game(game) or "All games" for game in rows["game"]],
            "Value": [_say(name, value) for name, value in zip(rows["metric"], rows["value"], strict=True)],
            "Expected": [
                _say(name, value) for name, value in zip(rows["metric"], rows["expected"], strict=True)
            ],
            "Off by": [f"{100 * value:+,.0f} %" for value in rows["change"]],
            "n": rows["n"],
        }
    )


def _say(name: str, value: float) -> str:
    return metric(name).say(value) if name in metrics() else words.decimal(value)
