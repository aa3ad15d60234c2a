"""Telemetry beside the journal: read on by position, and never in the way where it is missing or odd."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta

import pytest

from kibitz_etl.paths import Paths
from kibitz_etl.sources import TELEMETRY
from kibitz_etl.tick import Pipeline
from support.analytics_journal import JournalFile, Row, at, naive, two_seat_room
from support.analytics_telemetry import ROWS, TelemetryFile

pytestmark = pytest.mark.timeout(300)

DAY = at("2026-11-20 10:00:00")
HOUR = naive("2026-11-20 10:00:00")

Load = Callable[[Sequence[Row]], Callable[..., list[tuple[object, ...]]]]


@pytest.fixture
def telemetry(paths: Paths) -> TelemetryFile:
    return TelemetryFile(paths.telemetry)


def test_every_table_of_the_server_is_read(telemetry: TelemetryFile, load: Load) -> None:
    telemetry.add_all([(table, DAY, {}) for table in ROWS])
    rows = load([])
    assert {source.table for source in TELEMETRY} == set(ROWS)
    assert rows("etl_watermark", "source, last_seq, rows_loaded, counted_seq") == [
        (source, 1, 1, 1) for source in sorted(f"telemetry_{table}" for table in ROWS)
    ]
    assert rows("agg_error_hour") == [(HOUR, "http", "GET /api/rooms 500", 2)]
    assert rows("agg_refusal_hour") == [(HOUR, "not_your_turn", 3)]
    assert rows("agg_conflict_hour") == [(HOUR, "drop", "server", 1)]
    assert rows("agg_incident_hour") == [(HOUR, "wrong_checksum", 1)]
    assert rows("agg_wait_hour") == [(HOUR, "connect-four", "matched", 1, 60_000)]
    assert rows("agg_feature_day", "name, n_users, n_uses, n_first_users") == [("replay", 1, 1, 1)]
    assert rows("agg_session_day", "n_sessions, n_players, duration_ms, latency_ms_sum, n_latency") == [
        (1, 1, 60_000, 30, 1)
    ]
    assert rows("agg_process_minute", "minute_at, cpu_percent_max, moves, cache_hits") == [(HOUR, 12.5, 8, 9)]


def test_it_is_read_on_beside_the_journal(telemetry: TelemetryFile, load: Load) -> None:
    telemetry.add("errors", DAY)
    load(two_seat_room("r", DAY))
    telemetry.add("errors", DAY + timedelta(minutes=1))
    rows = load([])
    assert rows("agg_error_hour", "n") == [(4,)]
    assert rows("fct_event", "count(*)") == [(7,)]


def test_without_a_file_there_is_nothing_to_read(load: Load) -> None:
    rows = load(two_seat_room("r", DAY))
    assert rows("etl_watermark", "source") == [("events_v1",)]
    assert rows("agg_error_hour") == []


def test_an_older_file_is_read_as_far_as_it_goes(paths: Paths, load: Load) -> None:
    with closing(sqlite3.connect(paths.telemetry)) as con, con:
        con.execute(
            "create table sessions (id integer primary key autoincrement, at_us integer, player_id text)"
        )
        con.execute(
            "insert into sessions (at_us, player_id) values (?, 'p_ann')", (int(DAY.timestamp() * 1e6),)
        )
    rows = load([])
    assert rows("fct_session", "player_id, duration_ms, latency_ms, transport") == [("p_ann", 0, None, "")]


def test_a_file_that_was_replaced_is_read_from_its_beginning_and_what_was_known_stays(
    telemetry: TelemetryFile, paths: Paths, load: Load
) -> None:
    for minute in range(3):
        telemetry.add("errors", DAY + timedelta(minutes=minute))
    load(two_seat_room("r", DAY))
    for suffix in ("", "-wal", "-shm"):
        paths.telemetry.with_name(paths.telemetry.name + suffix).unlink(missing_ok=True)
    TelemetryFile(paths.telemetry).add("errors", DAY + timedelta(hours=1))
    rows = load([])
    assert rows("agg_error_hour", "hour_at, n") == [(HOUR, 6), (HOUR + timedelta(hours=1), 2)]


def test_rows_that_the_server_pruned_stay_and_are_not_missed(
    telemetry: TelemetryFile, paths: Paths, load: Load
) -> None:
    telemetry.add("errors", DAY)
    load(two_seat_room("r", DAY))
    with closing(sqlite3.connect(paths.telemetry)) as con, con:
        con.execute("delete from errors")
    load([])
    telemetry.add("errors", DAY + timedelta(minutes=1))
    rows = load([])
    assert rows("agg_error_hour", "n") == [(4,)]


def test_rows_out_of_range_are_counted_in_quarantine(telemetry: TelemetryFile, load: Load) -> None:
    telemetry.add("errors", DAY)
    telemetry.add("errors", DAY, at_us=5)
    rows = load([])
    assert rows("fct_error", "id") == [(1,)]
    assert rows("etl_quarantine", "source, seq") == [("telemetry_errors", 2)]


def test_a_damaged_file_is_said_and_the_journal_loaded_all_the_same(
    paths: Paths, journal: JournalFile, pipeline: Pipeline
) -> None:
    paths.telemetry.write_bytes(b"this is no database" * 100)
    journal.append(two_seat_room("r", DAY))
    tick = pipeline.tick()
    assert tick.state == "failed"
    assert "telemetry.sqlite cannot be read" in tick.message
    assert (tick.rows_read, tick.mart_version) == (7, 1)


def test_bots_and_spans_over_midnight_are_in_the_day_they_began(telemetry: TelemetryFile, load: Load) -> None:
    midnight = at("2026-11-21 00:10:00")
    telemetry.add("sessions", midnight, opened_us=int((DAY).timestamp() * 1e6))
    rows = load([])
    assert rows("agg_session_day", "session_date::varchar, n_sessions") == [("2026-11-20", 1)]
    assert rows("agg_latency_hour", "hour_at, subject, name, n") == [(HOUR, "session", "websocket", 1)]


def test_sessions_are_peoples_and_are_cut_where_nobody_was_there(
    telemetry: TelemetryFile, load: Load
) -> None:
    began = int(DAY.timestamp() * 1e6)
    hour = 3_600_000_000
    telemetry.add("sessions", DAY + timedelta(minutes=10), opened_us=began, close_reason="idle")
    telemetry.add("sessions", DAY + timedelta(hours=2, minutes=5), opened_us=began + 2 * hour)
    telemetry.add("sessions", DAY + timedelta(hours=5), opened_us=began, player_id="b_1", acts=900)
    rows = load([])
    assert rows("fct_session", "duration_ms, close_reason") == [
        (300_000, "left"),
        (600_000, "idle"),
        (18_000_000, "left"),
    ]
    assert rows("agg_session_day", "n_sessions, n_players, duration_ms, n_actions") == [(2, 1, 900_000, 10)]
    timed = "count(*) filter (where subject = 'session')"
    assert rows("agg_latency_hour", timed) == [(2,)]
    assert rows("agg_transport_day", "sum(n_sessions)::integer") == [
        (2,)
    ]  # the bot's, and the one cut in two
