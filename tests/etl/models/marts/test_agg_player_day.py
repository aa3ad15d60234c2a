"""`agg_player_day.sql`: what each player did on each day."""

from collections.abc import Callable
from datetime import timedelta

from support.analytics_journal import Row, at, two_seat_room

DAY = at("2026-11-20 10:00:00")
WON = {"winner": 0, "reason": "line"}
Load = Callable[..., Callable[..., object]]


def test_a_match_that_was_left_is_counted_and_its_time_is_not(load: Load) -> None:
    finished = two_seat_room("r", DAY, players=("p_ann", "p_bea"), moves=2, outcome=WON)
    left = two_seat_room("s", DAY, players=("p_ann", "p_bea"), moves=2)
    closed = Row("s", "closed", DAY + timedelta(hours=9), args={"reason": "empty"})
    rows = load([*finished, *left, closed])
    assert rows("agg_player_day", "player_id, n_matches, n_won, played_ms") == [
        ("p_ann", 2, 1, 20_000),
        ("p_bea", 2, 0, 20_000),
    ]
    assert rows("dim_room", "room_id, n_matches, played_ms") == [("r", 1, 20_000), ("s", 1, None)]
