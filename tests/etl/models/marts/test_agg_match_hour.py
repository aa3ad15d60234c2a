"""`agg_match_hour.sql`: matches by the hour of their end."""

from collections.abc import Callable
from datetime import timedelta

from support.analytics_journal import Row, at, naive, two_seat_room

TEN = naive("2026-11-20 10:00:00")
DAY = at("2026-11-20 10:00:00")
COLUMNS = "hour_at, has_bots, outcome_kind, winner_seat, n_matches, n_moves, duration_ms"
Load = Callable[..., Callable[..., object]]


def test_by_outcome_and_winner(load: Load) -> None:
    won = {"winner": 1, "reason": "line"}
    rows = load(
        [
            *two_seat_room("a", DAY, moves=2, outcome=won),
            *two_seat_room("b", DAY, moves=4, outcome=won),
            *two_seat_room("c", DAY, moves=4, outcome={"winner": None, "reason": "full"}),
            *two_seat_room("d", DAY, moves=1),
        ]
    )
    assert rows("agg_match_hour", COLUMNS) == [
        (TEN, False, "full", None, 1, 4, 40_000),
        (TEN, False, "line", 1, 2, 6, 60_000),
    ]


def test_an_abandoned_match_counts_where_its_room_closed(load: Load) -> None:
    rows = load([*two_seat_room("r", DAY, moves=1), Row("r", "closed", DAY + timedelta(hours=2))])
    assert rows("agg_match_hour", COLUMNS) == [
        (TEN + timedelta(hours=2), False, "abandoned", None, 1, 1, 7_190_000)
    ]
