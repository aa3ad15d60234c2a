"""`agg_moves_hour.sql`: how many matches took how many moves."""

from collections.abc import Callable

from support.analytics_journal import at, two_seat_room

DAY = at("2026-11-20 10:00:00")


def test_an_exact_histogram(load: Callable[..., Callable[..., object]]) -> None:
    events = [
        event
        for room, moves in (("a", 3), ("b", 3), ("c", 5))
        for event in two_seat_room(room, DAY, moves=moves, outcome={"winner": 0})
    ]
    rows = load([*events, *two_seat_room("running", DAY, moves=4)])
    assert rows("agg_moves_hour", "n_moves, n_matches") == [(3, 2), (5, 1)]
