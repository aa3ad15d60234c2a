"""`agg_room_hour.sql`: rooms by the hour."""

from collections.abc import Callable
from datetime import timedelta

from support.analytics_journal import Row, at, naive, two_seat_room

TEN, ELEVEN = naive("2026-11-20 10:00:00"), naive("2026-11-20 11:00:00")
DAY = at("2026-11-20 10:59:30")
COLUMNS = (
    "hour_at, has_bots, n_rooms_created, n_rooms_closed, n_rooms_active, n_matches_started, n_moves, n_events"
)
Load = Callable[..., Callable[..., object]]


def test_a_room_is_active_in_each_hour_with_an_event(load: Load) -> None:
    closed = Row("r", "closed", DAY + timedelta(minutes=5))
    rows = load([*two_seat_room("r", DAY, moves=3), closed])
    assert rows("agg_room_hour", COLUMNS) == [
        (TEN, False, 1, 0, 1, 1, 1, 5),
        (ELEVEN, False, 0, 1, 1, 0, 2, 3),
    ]


def test_a_bot_that_comes_later_moves_the_whole_room(load: Load) -> None:
    load([Row("r", "created", DAY), Row("r", "joined", DAY, seat=0, player="p_ann")])
    rows = load([Row("r", "joined", DAY + timedelta(hours=1), seat=1, player="b_deep")])
    assert rows("agg_room_hour", "hour_at, has_bots, n_events") == [(TEN, True, 2), (ELEVEN, True, 1)]


def test_an_event_three_days_late_changes_its_hour_only(load: Load) -> None:
    load(two_seat_room("r", DAY, moves=0))
    rows = load([Row("s", "created", DAY - timedelta(days=3))])
    assert rows("agg_room_hour", "hour_at, n_rooms_created") == [(TEN - timedelta(days=3), 1), (TEN, 1)]
    assert rows("etl_watermark", "late_rows, watermark_at") == [(1, naive("2026-11-20 10:59:40"))]
