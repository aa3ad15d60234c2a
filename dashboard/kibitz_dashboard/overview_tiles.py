"""The Overview's tiles: what each counts, for a window and the one before it."""

from kibitz_dashboard import words
from kibitz_dashboard.core.filters import Filters
from kibitz_dashboard.core.frames import first, frame
from kibitz_dashboard.core.mart import Mart
from kibitz_dashboard.core.metrics import Tile, basis, change, ratio
from kibitz_dashboard.core.periods import Window

QUERIES = ("overview/rooms", "overview/matches", "overview/players", "overview/duration_percentiles")

DEFINITIONS = {
    "Rooms opened": "rooms made in the period.",
    "Matches finished": "matches whose outcome fell in the period; a rematch is a match of its own.",
    "Moves": "accepted actions in the period, `resign` left out.",
    "People": "different people who took a seat or acted in the period; bots and watchers left out.",
    "Median duration": "half of the finished matches took at most that long, start to outcome; "
    "read from log buckets, within 5 %.",
    "p95 duration": "95 of 100 finished matches took at most that long; read from log buckets, within 5 %.",
    "Moves per match": "moves of finished matches over finished matches.",
    "Abandoned": "matches whose room closed without an outcome, over all matches that ended in the period.",
}


def tiles(mart: Mart, filters: Filters, window: Window, before: Window) -> list[Tile]:
    now, then = _count(mart, filters, window), _count(mart, filters, before)
    finished = basis(now["n_finished"], "matches")
    return [
        _tile(
            "Rooms opened",
            words.count,
            now,
            then,
            "rooms",
            basis(now["n_started"], "matches started"),
            good=True,
        ),
        _tile(
            "Matches finished", words.count, now, then, "finished", basis(now["n_ended"], "ended"), good=True
        ),
        _tile(
            "Moves", words.count, now, then, "moves", basis(now["n_started"], "matches started"), good=True
        ),
        _tile("People", words.count, now, then, "people", f"and {words.count(now['bots'])} bots", good=True),
        _tile("Median duration", words.duration, now, then, "p50_ms", finished, scale=1000, unit=" s"),
        _tile("p95 duration", words.duration, now, then, "p95_ms", finished, scale=1000, unit=" s"),
        _tile("Moves per match", words.decimal, now, then, "moves_per_match", finished, digits=1),
        _tile(
            "Abandoned",
            words.percent,
            now,
            then,
            "abandoned",
            basis(now["n_ended"], "matches ended"),
            scale=0.01,
            unit=" points",
            digits=1,
        ),
    ]


def _count(mart: Mart, filters: Filters, window: Window) -> dict[str, float | None]:
    bounds = filters.over(window)
    rooms, matches, players, durations = (frame(mart, name, **bounds) for name in QUERIES)
    n_finished, n_abandoned = first(matches, "n_finished") or 0, first(matches, "n_abandoned") or 0
    n_ended = n_finished + n_abandoned
    return {
        "rooms": first(rooms, "n_rooms_created"),
        "n_started": first(rooms, "n_matches_started"),
        "moves": first(rooms, "n_moves"),
        "finished": n_finished,
        "n_finished": n_finished,
        "n_ended": n_ended,
        "people": first(players, "n_people"),
        "bots": first(players, "n_bots"),
        "p50_ms": first(durations, "p50_ms"),
        "p95_ms": first(durations, "p95_ms"),
        "moves_per_match": ratio(first(matches, "n_moves_finished"), n_finished),
        "abandoned": ratio(n_abandoned, n_ended),
    }


def _tile(
    label: str,
    say: "words.Say",
    now: dict[str, float | None],
    then: dict[str, float | None],
    key: str,
    rests_on: str,
    *,
    scale: float = 1,
    unit: str = "",
    digits: int = 0,
    good: bool | None = None,
) -> Tile:
    value, earlier = now[key], then[key]
    delta = None
    if value is not None and earlier is not None:
        delta = change(value / scale, earlier / scale, unit=unit, digits=digits)
    return Tile(label, say(value), delta, rests_on, f"{label}: {DEFINITIONS[label]}", good)
