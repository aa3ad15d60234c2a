"""Figures and names as people read them."""

from datetime import date, datetime

NAMES = {
    "players": "Players",
    "dau": "Players a day",
    "n_new": "New players",
    "n_rooms": "Rooms made",
    "n_matches": "Matches ended",
    "n_moves": "Moves",
    "n_sessions": "Sessions",
    "rooms_peak": "Most rooms at a time",
    "finish_rate": "Matches played to the end",
    "abandon_rate": "Matches abandoned",
    "duration_p50_ms": "Median match",
    "think_p50_ms": "Median time to move",
    "wait_p50_ms": "Median wait for a match",
    "fill_p50_ms": "Median time until a room is full",
    "session_p50_ms": "Median session",
    "act_p95_ms": "Slowest twentieth of moves",
    "errors": "Errors",
    "refusals": "Refusals",
    "wau": "Players a week",
    "mau": "Players in 30 days",
}
_FALL_IS_GOOD = frozenset(("abandon_rate", "wait_p50_ms", "fill_p50_ms", "act_p95_ms", "errors", "refusals"))
_NEITHER = frozenset(("duration_p50_ms", "think_p50_ms", "session_p50_ms"))
BASE_MIN = 20
"""Below so many cases a change in percent says nothing, and is not shown."""


def name(metric: str) -> str:
    return NAMES.get(metric, metric.replace("_", " "))


def game(known: str) -> str:
    """`connect-four` as `Connect Four`."""
    return " ".join(part.capitalize() for part in known.replace("_", "-").split("-")) or "All games"


def figure(metric: str, value: float | None) -> str:
    if value is None:
        return "–"
    if metric.endswith("_rate"):
        return f"{value:.1%}"
    if metric.endswith("_ms"):
        return duration(value)
    return f"{value:,.0f}"


def duration(ms: float) -> str:
    if ms < 999.5:
        return f"{ms:.1f} ms" if ms < 99.95 else f"{ms:.0f} ms"
    seconds = ms / 1_000
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min"


def change(metric: str, value: float | None, before: float | None, n_before: float) -> str:
    """`+12 %`; empty where too few cases stand behind the figure before."""
    if value is None or not before or cases(metric, before, n_before) < BASE_MIN:
        return ""
    share = round((value - before) / before * 100)
    return f"{share:+} %" if share else "±0 %"


def cases(metric: str, value: float, n: float) -> float:
    """How many cases make the figure: of a rate those that it counts, not those that it might have."""
    return value * n if metric.endswith("_rate") else n


def tone(metric: str, told: str) -> str:
    """`good`, `bad` or nothing, for the colour of a change as `change` tells it."""
    if told[:1] not in ("+", "-") or metric in _NEITHER:
        return ""
    return "good" if (told[0] == "+") is not (metric in _FALL_IS_GOOD) else "bad"


def on(day: date) -> str:
    return f"{day:%a %-d %b}"


def at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def size(count: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"
