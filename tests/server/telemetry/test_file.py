"""The rows of telemetry.sqlite."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from kibitz.sqlite_file import UnusableFile
from kibitz.telemetry.file import PURGED_AT_ONCE, TelemetryFile
from kibitz.telemetry.records import Record, Refusal
from kibitz.telemetry.schema import TABLES, migrations


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as reading:
        return reading.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()


def test_each_kind_has_its_table_and_equal_ones_are_counted(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "telemetry.sqlite"
    file = TelemetryFile(path)
    file.write(records)
    file.close()
    assert rows(path, "conflicts") == [(1, 1_000, "room", "p_ann", 4, 6, "merge", "client")]
    assert rows(path, "incidents") == [
        (1, 2_000, "wrong_checksum", "room", 7, "epoch", "p_ann", "polling", "held 1, not 2")
    ]
    assert rows(path, "refusals") == [(1, 1_000, "stale", 2)]
    assert rows(path, "features") == [(1, 1_000, "chat", "p_ann", 5)]
    assert rows(path, "sessions") == [
        (1, 5_000, "s_1", "p_ann", 1_000, "websocket", 1, 12, 2, 30, "transport close")
    ]
    assert rows(path, "latencies") == [(1, 6_000, "event", "act", 17, 5)]
    assert rows(path, "samples") == [(1, 7_000, 12.5, *range(2, 18))]
    assert rows(path, "errors") == [(1, 8_000, "http", "/api/rooms 500", 3)]
    assert rows(path, "waits") == [(1, 9_000, "p_ann", "connect-four", 500, "matched", "room")]


def test_old_rows_go_in_small_steps(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "telemetry.sqlite"
    file = TelemetryFile(path)
    for _ in range(3):
        file.write(records)
    for number in range(PURGED_AT_ONCE + 1):
        file.write([Refusal(10, f"code-{number}")])
    assert list(file.purge(5)) == []
    assert sorted(file.purge(2_000)) == [3, 3, 4, PURGED_AT_ONCE]
    file.close()
    assert [len(rows(path, table)) for table in TABLES] == [0, 3, 0, 0, 3, 3, 3, 3, 3]


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.sqlite"
    path.write_bytes(b"not a database, and long enough to be looked at" * 50)
    with pytest.raises(UnusableFile, match="is not a SQLite database"):
        TelemetryFile(path)


def test_a_file_of_before_the_measures_gets_their_tables(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "telemetry.sqlite"
    migrations.apply(path, before="0002_measures")
    database = Database(path)
    database.execute("INSERT INTO refusals (at_us, code, count) VALUES (1, 'stale', 9)")
    database.conn.commit()
    database.close()
    file = TelemetryFile(path)
    file.write(records)
    file.close()
    assert rows(path, "refusals")[0] == (1, 1, "stale", 9)
    assert all(rows(path, table) for table in TABLES)
