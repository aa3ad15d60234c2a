"""`agg_player_hour.sql`: who was active when."""

from collections.abc import Callable
from datetime import timedelta

from support.analytics_journal import Row, at, naive, two_seat_room

TEN = naive("2026-11-20 10:00:00")
DAY = at("2026-11-20 10:00:00")
Load = Callable[..., Callable[..., object]]


def test_who_sat_down_or_moved(load: Load) -> None:
    left = Row("r", "left", DAY + timedelta(hours=1), seat=0, player="p_ann")
    rows = load([*two_seat_room("r", DAY, players=("p_ann", "b_deep"), moves=3), left])
    assert rows("agg_player_hour", "hour_at, has_bots, player_id, is_bot, n_moves") == [
        (TEN, True, "b_deep", True, 1),
        (TEN, True, "p_ann", False, 2),
    ]
