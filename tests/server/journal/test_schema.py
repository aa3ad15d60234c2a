"""The schema fits the records, and stays what others were promised."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from kibitz.journal.records import Event, NewRoom, SnapshotRecord
from kibitz.journal.schema import EVENT_COLUMNS, ROOM_COLUMNS, SNAPSHOT_COLUMNS, migrations
from kibitz.sqlite_file import connect, prepare


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[apsw.Connection]:
    prepare(tmp_path / "journal.sqlite", migrations)
    connection = connect(tmp_path / "journal.sqlite")
    yield connection
    connection.close()


def columns(connection: apsw.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def test_the_columns_are_the_records_fields_in_order(connection: apsw.Connection) -> None:
    assert (*EVENT_COLUMNS, "id") == Event.__struct_fields__
    assert NewRoom.__struct_fields__ == ROOM_COLUMNS
    assert SnapshotRecord.__struct_fields__ == SNAPSHOT_COLUMNS
    assert sorted(columns(connection, "events")) == sorted(Event.__struct_fields__)
    assert sorted(columns(connection, "rooms")) == sorted(ROOM_COLUMNS)
    assert sorted(columns(connection, "snapshots")) == sorted(SNAPSHOT_COLUMNS)


def test_events_v1_has_the_published_columns(connection: apsw.Connection) -> None:
    assert columns(connection, "events_v1") == [
        "id",
        "room_id",
        "game",
        "version",
        "epoch",
        "at_us",
        "kind",
        "seat",
        "player_id",
        "is_bot",
        "action_id",
        "type",
        "args",
        "handled_us",
        "spent_ms",
        "match",
        "phase_from",
        "phase_to",
        "outcome",
        "schema_version",
        "seats",
        "is_private",
    ]


def test_one_index_is_paid_for_by_every_commit_and_ids_are_never_reused(connection: apsw.Connection) -> None:
    indexes = connection.execute("SELECT name, partial FROM pragma_index_list('events')").fetchall()
    assert sorted(indexes) == [("closed_rooms", 1), ("seat_events", 1), ("sqlite_autoindex_events_1", 0)]
    info = connection.execute("SELECT name FROM pragma_index_info('sqlite_autoindex_events_1')").fetchall()
    assert info == [("room",), ("version",)]
    assert connection.execute("SELECT count(*) FROM sqlite_sequence").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM rooms WHERE code = 'x'", "rooms_by_code"),
        ("SELECT * FROM rooms WHERE room_id = 'x'", "sqlite_autoindex_rooms_1"),
        ("SELECT * FROM events WHERE room = 1 AND version > 2 ORDER BY version", "sqlite_autoindex_events_1"),
        ("SELECT 1 FROM events WHERE room = 1 AND kind = 'closed'", "closed_rooms"),
        ("SELECT seat FROM events WHERE room = 1 AND kind IN ('joined', 'left')", "seat_events"),
        ("SELECT * FROM events_v1 WHERE id > 5 ORDER BY id LIMIT 10", "INTEGER PRIMARY KEY (rowid>?)"),
    ],
)
def test_the_hot_queries_scan_nothing(connection: apsw.Connection, query: str, index: str) -> None:
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert any(index in step for step in plan), plan
    assert not any(step.startswith("SCAN") or "TEMP B-TREE" in step for step in plan), plan
