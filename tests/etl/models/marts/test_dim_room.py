"""`dim_room.sql`: each room as it stands."""

from collections.abc import Callable
from datetime import timedelta

from support.analytics_journal import Row, at, two_seat_room

DAY = at("2026-11-20 10:00:00")
WON = {"winner": 1, "reason": "line"}
Load = Callable[..., Callable[..., object]]


def test_a_room_goes_from_waiting_to_closed(load: Load) -> None:
    events = two_seat_room("r", DAY, moves=2, outcome=WON)
    closed = Row("r", "closed", DAY + timedelta(hours=1), args={"reason": "empty"})
    seen = []
    for part in (events[:3], events[3:5], events[5:], [closed]):
        rows = load(part)
        seen += rows("dim_room", "status, n_matches, n_finished, n_moves, played_ms, close_reason")
    assert seen == [
        ("waiting", 0, 0, 0, None, None),
        ("playing", 1, 0, 1, None, None),
        ("finished", 1, 1, 2, 20_000, None),
        ("closed", 1, 1, 2, 20_000, "empty"),
    ]


def test_the_newest_match_is_spelled_out(load: Load) -> None:
    rows = load(two_seat_room("r", DAY, players=("p_ann", "b_deep"), outcome=WON))
    assert rows("dim_room", "last_match, last_duration_ms, last_outcome_kind, last_winner_seat") == [
        (1, 30_000, "line", 1)
    ]
    assert rows(
        "dim_room", "n_people, n_bots, has_bots, seats, is_private, n_events, first_seq, last_seq"
    ) == [(1, 1, True, 2, False, 7, 1, 7)]


def test_a_player_who_sits_down_twice_is_one_player(load: Load) -> None:
    rows = load([Row("r", "joined", DAY, seat=seat, player="p_ann") for seat in (0, 1)])
    assert rows("dim_room", "n_people") == [(1,)]
