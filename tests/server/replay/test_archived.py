"""A room that only the archive has: found by id and by code, and what is said where it cannot be asked."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kibitz.replay.archived import ArchiveUnreadable, read_archived
from kibitz.replay.source import ReplayError, read
from kibitz_etl.archive.keeping import Keeper
from support.archived_demo import UNTIL, copy_of


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = copy_of(tmp_path_factory.mktemp("archived") / "data")
    Keeper(data / "journal.sqlite", data / "archive", lambda: UNTIL).keep(budget_s=600)
    return data


def a_room(data: Path) -> tuple[str, str]:
    sql = (
        "SELECT room_id, code FROM rooms JOIN events ON room = key WHERE kind = 'closed' ORDER BY id LIMIT 1"
    )
    with closing(sqlite3.connect(data / "journal.sqlite")) as connection:
        room_id, code = connection.execute(sql).fetchone()
    return room_id, code


def test_the_same_room_as_the_journal_has(data: Path) -> None:
    room_id, code = a_room(data)
    stored = read(data, room_id)
    for name in (room_id, code, code.lower()):
        found = read_archived(data, name)
        assert found is not None
        record, events = found
        assert record.room_id == room_id
        assert (record.options, record.rules_version, record.created_us) == (
            stored.record.options,
            stored.record.rules_version,
            stored.record.created_us,
        )
        assert [(e.id, e.version, e.kind, e.args, e.outcome) for e in events] == [
            (e.id, e.version, e.kind, e.args, e.outcome) for e in stored.events
        ]
    assert read_archived(data, "ZZZZZZZZ") is None


def test_without_an_archive_there_is_nothing(tmp_path: Path) -> None:
    assert read_archived(tmp_path, "ZZZZZZZZ") is None


def test_without_duckdb_it_says_what_to_install(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ArchiveUnreadable, match=r"pip install 'kibitz\[analytics\]'"):
        read_archived(data, "ZZZZZZZZ")
    with pytest.raises(ReplayError, match="has no room 'ZZZZZZZZ', and the archive"):
        read(data, "ZZZZZZZZ")


def test_a_file_that_is_no_parquet(tmp_path: Path) -> None:
    for kind in ("rooms", "events"):
        (tmp_path / "archive" / kind).mkdir(parents=True)
        (tmp_path / "archive" / kind / "day.parquet").write_bytes(b"once upon a time")
    with pytest.raises(ArchiveUnreadable, match="cannot be read"):
        read_archived(tmp_path, "ZZZZZZZZ")
