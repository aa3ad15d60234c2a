"""`fct_match.sql`: a match from its start to its end."""

from collections.abc import Callable
from datetime import timedelta

from support.analytics_journal import Row, at, two_seat_room

DAY = at("2026-11-20 10:00:00")
COLUMNS = "room_id, match, status, duration_ms, outcome_kind, winner_seat, n_moves, n_people, n_bots"
WON = {"winner": 0, "line": [], "reason": "line"}

Load = Callable[..., Callable[..., object]]


def test_a_finished_match(load: Load) -> None:
    rows = load(two_seat_room("r", DAY, moves=3, outcome=WON))
    assert rows("fct_match", COLUMNS) == [("r", 1, "finished", 30_000, "line", 0, 3, 2, 0)]
    assert rows("fct_match", "started_version, ended_version, has_bots, first_seq") == [(4, 7, False, 4)]


def test_a_running_match_has_no_end(load: Load) -> None:
    rows = load(two_seat_room("r", DAY, moves=2))
    assert rows("fct_match", COLUMNS) == [("r", 1, "playing", None, None, None, 2, 2, 0)]


def test_a_draw_has_no_winner(load: Load) -> None:
    rows = load(two_seat_room("r", DAY, outcome={"winner": None, "reason": "full"}))
    assert rows("fct_match", "status, outcome_kind, winner_seat") == [("finished", "full", None)]


def test_a_room_closed_in_the_middle_abandons_its_match(load: Load) -> None:
    closed = Row("r", "closed", DAY + timedelta(minutes=5), args={"reason": "empty"})
    rows = load([*two_seat_room("r", DAY, moves=2), closed])
    assert rows("fct_match", COLUMNS) == [("r", 1, "abandoned", 290_000, None, None, 2, 2, 0)]


def test_a_rematch_is_a_match_of_its_own(load: Load) -> None:
    again = [
        Row("r", "rematch", DAY + timedelta(minutes=1), seat=0, player="p_ann", match=1),
        Row("r", "started", DAY + timedelta(minutes=2), match=2, args={"players": ["p_ann", "p_bob"]}),
        Row(
            "r",
            "action",
            DAY + timedelta(minutes=3),
            seat=1,
            player="p_bob",
            type="resign",
            match=2,
            outcome=WON,
        ),
    ]
    rows = load([*two_seat_room("r", DAY, outcome=WON), *again])
    assert rows("fct_match", "match, status, n_moves, duration_ms") == [
        (1, "finished", 3, 30_000),
        (2, "finished", 0, 60_000),
    ]


def test_an_end_by_the_clock_is_no_move(load: Load) -> None:
    timeout = Row(
        "r",
        "timeout",
        DAY + timedelta(minutes=9),
        seat=1,
        match=1,
        outcome={"winner": 0, "line": None, "reason": "timeout"},
    )
    rows = load([*two_seat_room("r", DAY, moves=1), timeout])
    assert rows("fct_match", "status, outcome_kind, winner_seat, n_moves") == [("finished", "timeout", 0, 1)]


def test_bots_are_told_from_people_by_their_ids(load: Load) -> None:
    rows = load(two_seat_room("r", DAY, players=("p_ann", "b_deep")))
    assert rows("fct_match", "n_people, n_bots, has_bots") == [(1, 1, True)]


def test_a_clock_that_went_back_gives_no_negative_duration(load: Load) -> None:
    match = two_seat_room("r", DAY, moves=1)
    ended = Row("r", "action", DAY - timedelta(minutes=1), seat=1, type="drop", match=1, outcome=WON)
    rows = load([*match, ended])
    assert rows("fct_match", "status, duration_ms") == [("finished", 0)]


def test_events_that_name_no_match_belong_to_the_one_that_is_on(load: Load) -> None:
    unnamed = Row("r", "action", DAY + timedelta(minutes=1), seat=1, type="drop", outcome=WON)
    rows = load([*two_seat_room("r", DAY, moves=1), unnamed])
    assert rows("fct_match", "status, n_moves") == [("finished", 2)]


def test_without_events_there_is_nothing(load: Load) -> None:
    assert load([])("fct_match") == []


def rewound(minutes: int, to_version: int) -> Row:
    when = DAY + timedelta(minutes=minutes)
    return Row("r", "rewound", when, match=1, args={"to_version": to_version})


def test_what_was_rewound_did_not_happen(load: Load) -> None:
    drop = Row("r", "action", DAY + timedelta(minutes=6), seat=1, player="p_bob", type="drop", match=1)
    rows = load([*two_seat_room("r", DAY, moves=3, outcome=WON), rewound(5, 5), drop])
    assert rows("fct_match", COLUMNS) == [("r", 1, "playing", None, None, None, 2, 2, 0)]
    assert rows("fct_seat", "seat, n_moves, result") == [(0, 1, None), (1, 1, None)]
    assert rows("dim_room", "status, n_moves, n_finished") == [("playing", 2, 0)]


def test_a_match_that_was_rewound_away_is_no_match(load: Load) -> None:
    again = Row("r", "started", DAY + timedelta(minutes=2), match=2, args={"players": ["p_ann", "p_bob"]})
    rows = load([*two_seat_room("r", DAY, moves=3, outcome=WON), again, rewound(5, 5)])
    assert rows("fct_match", "match, status, n_moves") == [(1, "playing", 1)]


def test_what_only_passes_time_is_neither_move_nor_end(load: Load) -> None:
    passing = [
        Row("r", kind, DAY + timedelta(minutes=2), match=1, args=args)
        for kind, args in (
            ("paused", {"reason": "x"}),
            ("resumed", {}),
            ("reopened", {"reason": "crash"}),
            ("timeout", {}),
        )
    ]
    ticks = {
        "first": 0,
        "count": 5,
        "inputs": [[1, 0, "turn", {}, "p_ann", "id"], [2, 1, "turn", {}, "p_bob", "i"]],
    }
    rows = load([*two_seat_room("r", DAY, moves=1), *passing, Row("r", "ticks", DAY, match=1, args=ticks)])
    assert rows("fct_match", "status, n_moves") == [("playing", 3)]
    assert rows("fct_event", "count(*)") == [(10,)]
