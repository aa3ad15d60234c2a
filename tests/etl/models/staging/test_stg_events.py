"""`stg_events.sql`: nothing is left out, and what cannot be used says why."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from kibitz_etl.tick import Pipeline
from support.analytics_journal import JournalFile, Row, at, two_seat_room

DAY = at("2026-11-20 10:00:00")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (Row("r", "created", DAY, at_us=0), "at_us is not between the years 2000 and 2100"),
        (Row("r", "created", DAY, at_us=2**62), "at_us is not between the years 2000 and 2100"),
        (Row("r", "created", DAY, args="{no json"), "args is not JSON"),
        (Row("r", "action", DAY, outcome="{no json"), "outcome is not JSON"),
        (Row("r", "started", DAY, args={"players": ["p_a"]}), "started without a match"),
        (Row("r", "started", DAY, match=1), "started without players"),
        (Row("r", "created", DAY, version=-3), "version is below 1"),
        (Row("", "created", DAY), "room_id is missing"),
        (Row("r", "", DAY), "kind is missing"),
    ],
)
def test_poison_rows_name_their_fault(
    load: Callable[..., Callable[..., object]], row: Row, error: str
) -> None:
    rows = load([row, Row("good", "created", DAY)])
    assert rows("etl_quarantine", "seq, error") == [(1, error)]
    assert rows("fct_event", "room_id") == [("good",)]


def test_bytes_that_are_no_text_cost_only_their_row(
    load: Callable[..., Callable[..., object]], journal: JournalFile, pipeline: Pipeline
) -> None:
    journal.append(two_seat_room("r", DAY))
    with closing(sqlite3.connect(journal.path)) as con, con:
        con.execute("update events set args = cast(x'7b22ff227d' as text) where id = 3")
        con.execute("update events set player_id = cast(x'705f00ff' as text) where id in (6, 7)")
    rows = load([])
    assert rows("fct_event", "seq") == [(1,), (2,), (4,), (5,)]
    assert rows("etl_quarantine", "seq") == [(3,), (6,), (7,)]
    assert pipeline.loader.watermark().quarantined_rows == 3


def test_an_unknown_kind_and_unknown_fields_are_kept(load: Callable[..., Callable[..., object]]) -> None:
    rows = load([Row("r", "rewound", DAY, args={"to_version": 3, "more": [1]})])
    assert rows("fct_event", "kind, is_move") == [("rewound", False)]


@pytest.mark.parametrize(
    ("outcome", "kind", "seat"),
    [
        ({"winner": 1, "line": [[0, 0]], "reason": "line"}, "line", 1),
        ({"winner": None, "line": None, "reason": "full"}, "full", None),
        ({"winner": 0}, "won", 0),
        ({"winner": None}, "drawn", None),
        ({}, "drawn", None),
    ],
)
def test_outcomes_of_any_game_have_a_kind(
    load: Callable[..., Callable[..., object]], outcome: object, kind: str, seat: int | None
) -> None:
    rows = load([Row("r", "action", DAY, type="drop", match=1, outcome=outcome)])
    assert rows("fct_event", "outcome_kind, winner_seat") == [(kind, seat)]


def test_resigning_is_an_action_but_no_move(load: Callable[..., Callable[..., object]]) -> None:
    rows = load([Row("r", "action", DAY, type=name) for name in ("drop", "resign")])
    assert rows("fct_event", "action_type, is_move") == [("drop", True), ("resign", False)]
