"""`fct_event.sql`: every good event once, typed."""

from collections.abc import Callable

from support.analytics_journal import Row, at, naive, two_seat_room

DAY = at("2026-11-20 10:00:00")
Load = Callable[..., Callable[..., object]]


def test_nulls_come_back_as_nulls(load: Load) -> None:
    rows = load([Row("r", "created", DAY)])
    assert rows("fct_event", "seq, occurred_at, seat, player_id, match, spent_ms, action_type, players") == [
        (1, naive("2026-11-20 10:00:00"), None, None, None, None, None, None)
    ]


def test_a_column_that_is_null_for_long_may_hold_text_later(load: Load) -> None:
    quiet = [Row("r", "created", DAY) for _ in range(1500)]
    rows = load([*quiet, *two_seat_room("s", DAY)])
    assert len(rows("fct_event", "seq")) == 1507
    assert rows("(from fct_event where kind = 'started')", "players") == [(["p_ann", "p_bob"],)]


def test_facts_have_no_keys_and_no_indexes(load: Load) -> None:
    rows = load([])
    assert rows("duckdb_indexes()", "index_name") == []
    assert rows("duckdb_constraints()", "constraint_type") == []
