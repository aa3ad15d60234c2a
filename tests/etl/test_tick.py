"""Ticks: incremental equals rebuilt, reruns change nothing, and every state says so."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kibitz_etl.models import load_models
from kibitz_etl.own_tables import OWN_TABLES
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from support.analytics_history import history
from support.analytics_journal import JournalFile, Row, at, two_seat_room

pytestmark = pytest.mark.timeout(300)

DAY = at("2026-11-20 10:00:00")
TABLES = [model.name for model in load_models() if not model.is_staging]


def snapshot(pipeline: Pipeline) -> dict[str, list[tuple[object, ...]]]:
    return {name: pipeline.loader.rows(f"select * from {name} order by all") for name in TABLES}


def pointer(paths: Paths) -> dict[str, object]:
    return json.loads(paths.pointer.read_text("utf-8"))


def test_without_a_journal_it_waits_and_says_so(paths: Paths, pipeline: Pipeline) -> None:
    tick = pipeline.tick()
    assert (tick.state, tick.rows_read) == ("waiting", 0)
    assert "waiting for the server" in tick.message
    assert pointer(paths)["state"] == "waiting"
    assert pointer(paths)["mart"] is None
    JournalFile(paths.journal).append(two_seat_room("r", DAY))
    assert pipeline.tick().mart_version == 1


def test_a_rerun_changes_nothing(paths: Paths, journal: JournalFile, pipeline: Pipeline) -> None:
    journal.append(two_seat_room("r", DAY))
    pipeline.tick()
    before, mart = snapshot(pipeline), pointer(paths)["mart"]
    again = pipeline.tick()
    assert (again.rows_read, again.mart_version) == (0, None)
    assert (snapshot(pipeline), pointer(paths)["mart"]) == (before, mart)


def test_an_unreadable_journal_is_a_failed_tick_and_a_row_in_the_ledger(
    paths: Paths, pipeline: Pipeline
) -> None:
    paths.journal.write_bytes(b"this is no database" * 100)
    tick = pipeline.tick()
    assert tick.state == "failed"
    assert "cannot be read" in tick.message
    with closing(sqlite3.connect(paths.ledger)) as con:
        assert con.execute("select state, rows_read from etl_run").fetchall() == [("failed", 0)]


def test_a_published_mart_adds_up_to_its_meta(paths: Paths, journal: JournalFile, pipeline: Pipeline) -> None:
    journal.append(two_seat_room("r", DAY))
    pipeline.tick()
    with duckdb.connect(str(paths.warehouse_dir / str(pointer(paths)["mart"])), read_only=True) as mart:
        assert mart.execute("select sum(n_events) from agg_room_hour").fetchall() == [(7,)]
        assert mart.execute("select rows_loaded, watermark_seq, mart_version from meta").fetchall() == [
            (7, 7, 1)
        ]
        tables = {name for (name,) in mart.execute("select table_name from duckdb_tables()").fetchall()}
    assert tables == {m.name for m in load_models() if m.published} | {table.name for table in OWN_TABLES}


def test_another_journal_in_its_place_is_loaded_from_the_beginning(
    paths: Paths, journal: JournalFile, pipeline: Pipeline
) -> None:
    journal.append(two_seat_room("old", DAY))
    pipeline.tick()
    for suffix in ("", "-wal", "-shm"):
        paths.journal.with_name(paths.journal.name + suffix).unlink(missing_ok=True)
    JournalFile(paths.journal).append(two_seat_room("new", DAY, moves=9))
    pipeline.tick()
    assert pipeline.loader.rows("select distinct room_id from fct_event") == [("new",)]
    assert pipeline.loader.watermark().rows_loaded == 13


def test_a_changed_model_is_counted_again_at_the_next_start(
    paths: Paths, journal: JournalFile, open_pipeline: Callable[..., Pipeline]
) -> None:
    journal.append(two_seat_room("r", DAY))
    first = open_pipeline(paths)
    first.tick()
    expected = snapshot(first)
    first.loader.rows("update etl_model set digest = 'older' where name = 'fct_match'")
    first.loader.rows("delete from agg_match_hour")
    first.__exit__(None, None, None)
    second = open_pipeline(paths)
    assert snapshot(second) == expected


@settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_batches_and_a_rebuild_give_the_same_tables(
    tmp_path_factory: object, open_pipeline: Callable[..., Pipeline], data: st.DataObject
) -> None:
    """Batches of any size, events late or in order, with rows that no model expects."""
    make = tmp_path_factory.mktemp  # type: ignore[attr-defined]
    rows = history(seed=data.draw(st.integers(0, 10_000)), until=DAY, days=3, rooms_per_day=1)
    odd = [
        Row("odd", kind, DAY - timedelta(hours=hours), seat=seat, player="p_x", match=match, outcome=outcome)
        for kind, hours, seat, match, outcome in data.draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["created", "joined", "left", "action", "closed", "rewound", "timeout"]),
                    st.integers(0, 90),
                    st.sampled_from([None, 0, 1]),
                    st.sampled_from([None, 1, 2]),
                    st.sampled_from([None, {"winner": 0}, {"winner": None, "reason": "full"}]),
                ),
                max_size=8,
            )
        )
    ]
    rows = [*rows, *odd]
    if data.draw(st.booleans()):
        rows = data.draw(st.permutations(rows[-60:]))
    paths = Paths(make("incremental"))
    incremental = open_pipeline(paths, batch_rows=data.draw(st.integers(20, 90)))
    journal = JournalFile(paths.journal)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=2)))
    for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        journal.append(rows[start:end])
        assert incremental.tick().state == "ok"
    step_by_step = snapshot(incremental)

    at_once_paths = Paths(make("at_once"))
    JournalFile(at_once_paths.journal).append(rows)
    at_once = open_pipeline(at_once_paths)
    assert at_once.tick().state == "ok"
    assert snapshot(at_once) == step_by_step

    incremental.rebuild()
    assert snapshot(incremental) == step_by_step
