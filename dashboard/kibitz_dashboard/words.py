"""Numbers and codes as people read them. What is not known is a dash, never a zero."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pandas as pd

Say = Callable[[float | None], str]
"""How a kind of value is said."""

NOTHING = "—"
_OUTCOMES = {
    "line": "Line completed",
    "last": "Last one left",
    "points": "Most points",
    "full": "Board full",
    "timeout": "Time ran out",
    "forfeit": "Left the game",
    "resigned": "Resigned",
    "abandoned": "Abandoned",
}
SHAPES = "●▲■◆★✚⬟⬢"
"""Each seat has a shape as well as a colour, in the players' client and here."""


def count(value: float | None) -> str:
    """1234 → 1,234."""
    return NOTHING if value is None else f"{value:,.0f}"


def decimal(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.1f}"


def percent(share: float | None) -> str:
    """0.1234 → 12.3 %."""
    return NOTHING if share is None else f"{100 * share:.1f} %"


def duration(ms: float | None) -> str:
    """Milliseconds in the two units that matter: 640 ms, 12.4 s, 3 min 05 s, 2 h 10 min."""
    if ms is None:
        return NOTHING
    if ms < 1000:
        return f"{ms:.0f} ms"
    seconds = ms / 1000
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def micros(us: float | None) -> str:
    """Microseconds: 40 µs, then as durations."""
    if us is None:
        return NOTHING
    return f"{us:.0f} µs" if us < 1000 else duration(us / 1000)


def size(n_bytes: float | None) -> str:
    """Bytes: 812 B, 4.8 MB."""
    if n_bytes is None:
        return NOTHING
    value = float(n_bytes)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def clock(when: datetime | None) -> str:
    return NOTHING if when is None else f"{when:%Y-%m-%d %H:%M:%S} UTC"


def local(times: "pd.Series[pd.Timestamp]", zone: str) -> "pd.Series[pd.Timestamp]":
    """Naive UTC times as clocks in this zone show them, naive again."""
    return times.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)


def ago(when: datetime, now: datetime) -> str:
    passed = max(timedelta(0), now - when)
    if passed < timedelta(seconds=5):
        return "just now"
    return f"{duration(passed.total_seconds() * 1000 // 1000 * 1000)} ago"


def outcome(kind: str | None) -> str:
    if not kind:
        return NOTHING
    return _OUTCOMES.get(kind, kind.replace("_", " ").replace("-", " ").capitalize())


def game(name: str) -> str:
    """connect-four → Connect Four."""
    return " ".join(word.capitalize() for word in name.split("-"))


def seat(number: int | None) -> str:
    """Seats are numbered from 0 inside and from 1 for people."""
    if number is None:
        return NOTHING
    return f"{SHAPES[number % len(SHAPES)]} Seat {number + 1}"


def player(player_id: str | None) -> str:
    """A name for somebody whose name only the accounts know."""
    if not player_id:
        return NOTHING
    bare = player_id.removeprefix("b_house.").removeprefix("b_").removeprefix("p_")
    return f"{'Bot' if player_id.startswith('b_') else 'Player'} {bare[:6]}"


def action(kind: str | None, args: dict[str, object]) -> str:
    """drop, column 3"""
    said = ", ".join(f"{name} {value}" for name, value in args.items())
    return f"{kind or 'action'}{' · ' if said else ''}{said}"


_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&])")


def plain(text: str) -> str:
    """Text of others within Markdown: it shows as it is, and can neither style, link nor load anything."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def moment(at_ms: int) -> str:
    """Milliseconds since 1970."""
    return clock(datetime.fromtimestamp(at_ms / 1000, UTC).replace(tzinfo=None))


def sentence(*parts: str) -> str:
    """Each with a capital and a full stop."""
    return " ".join(f"{part[:1].upper()}{part[1:].removesuffix('.')}." for part in parts)


_COLUMNS = {"at": "From", "p50_ms": "Median", "p95_ms": "p95", "n": "n"}


def column(name: str) -> str:
    """`n_rooms_created` → Rooms created. A name that is in words already stays."""
    if name in _COLUMNS or name != name.lower() or " " in name:
        return _COLUMNS.get(name, name)
    bare = re.sub(r"^(n|is|has)_|_at$|_date$", "", name)
    unit = next((f" ({unit})" for unit in ("ms", "us", "bytes") if bare.endswith(f"_{unit}")), "")
    said = re.sub(r"_(ms|us|bytes)$", "", bare).replace("_", " ").strip()
    return f"{said[:1].upper()}{said[1:]}{unit}"


def file_name(text: str) -> str:
    """What is left of a text that is to be part of a file's name."""
    return "".join(letter for letter in text if letter.isascii() and (letter.isalnum() or letter in "-_"))
