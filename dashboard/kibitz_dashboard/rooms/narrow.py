"""What the Rooms page shows of all rooms: its own filters, and what a link from an aggregate asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.filters import adopt
from kibitz_dashboard.core.mart import Parameter

STATUSES = {
    "all": "Any status",
    "open": "Open",
    "waiting": "Waiting",
    "playing": "Playing",
    "finished": "Between matches",
    "closed": "Closed",
}
ABOUTS = {
    "active": "active in the period",
    "created": "made in the period",
    "started": "first started in the period",
    "closed": "closed in the period",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OUTCOME_MAX = 40
ANY = -1


@dataclass(frozen=True, slots=True)
class Narrow:
    about: str = "active"
    outcome: str = ""
    """Of the newest match; `abandoned` for a room that closed on a match without one."""
    weekday: int = ANY
    """1 is Monday."""
    hour: int = ANY
    """Of the day, in the reader's zone."""
    from_hour: int = ANY
    """The one UTC hour of the first day."""

    def parameters(self) -> dict[str, Parameter]:
        return {
            "about": self.about,
            "outcome": self.outcome,
            "weekday": self.weekday,
            "hour": self.hour,
            "from_hour": self.from_hour,
        }

    def said(self) -> list[str]:
        """What is narrowed, in words."""
        found = [] if self.about == "active" else [ABOUTS[self.about]]
        if self.outcome:
            found.append(f"last match: {words.outcome(self.outcome).lower()}")
        if self.weekday != ANY:
            found.append(f"on {WEEKDAYS[self.weekday - 1]}s")
        if self.hour != ANY:
            found.append(f"between {self.hour:02d}:00 and {(self.hour + 1) % 24:02d}:00")
        if self.from_hour != ANY:
            found.append(f"in the hour from {self.from_hour:02d}:00 UTC")
        return found


def narrowed(query: Mapping[str, str]) -> Narrow:
    """What the address says; nonsense in it narrows nothing."""
    about = query.get("about", "")
    outcome = query.get("outcome", "")
    return Narrow(
        about=about if about in ABOUTS else "active",
        outcome=outcome if outcome.isascii() and len(outcome) <= OUTCOME_MAX else "",
        weekday=_within(query.get("weekday", ""), 1, 7),
        hour=_within(query.get("hour", ""), 0, 23),
        from_hour=_within(query.get("from_hour", ""), 0, 23),
    )


def ended_so(label: object, kinds: Iterable[str]) -> str:
    """Which of these outcomes has that label in a chart; empty for none of them."""
    return next((kind for kind in kinds if words.outcome(kind) == label), "")


def choose_status() -> str:
    adopt("status", STATUSES)
    return (
        st.selectbox(
            "Status",
            list(STATUSES),
            format_func=STATUSES.__getitem__,
            key="status",
            bind="query-params",
            width=150,
        )
        or "all"
    )


def _within(text: str, least: int, most: int) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= 2
    return int(text) if is_number and least <= int(text) <= most else ANY
