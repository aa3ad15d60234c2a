"""`fct_seat.sql`: who sat where, and how it went for them."""

from collections.abc import Callable

import pytest

from support.analytics_journal import at, two_seat_room

DAY = at("2026-11-20 10:00:00")
Load = Callable[..., Callable[..., object]]


def test_each_seat_with_its_moves_and_its_time(load: Load) -> None:
    rows = load(two_seat_room("r", DAY, players=("p_ann", "b_deep"), moves=3, outcome={"winner": 0}))
    assert rows("fct_seat", "seat, player_id, is_bot, result, n_moves, time_used_ms") == [
        (0, "p_ann", False, "won", 2, 20_000),
        (1, "b_deep", True, "lost", 1, 10_000),
    ]


@pytest.mark.parametrize(("outcome", "results"), [(None, [None, None]), ({"winner": None}, ["drew", "drew"])])
def test_results_without_a_winner(load: Load, outcome: object, results: list[str | None]) -> None:
    rows = load(two_seat_room("r", DAY, outcome=outcome))
    assert [row[1] for row in rows("fct_seat", "seat, result")] == results


def test_a_seat_that_never_moved_is_there_all_the_same(load: Load) -> None:
    rows = load(two_seat_room("r", DAY, moves=1, outcome={"winner": 0}))
    assert rows("fct_seat", "seat, n_moves, time_used_ms") == [(0, 1, 10_000), (1, 0, None)]
