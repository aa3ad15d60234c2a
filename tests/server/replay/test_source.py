"""The journal's file read beside its writer, and what is said when it cannot be."""

import sqlite3
from pathlib import Path

import pytest

from kibitz.replay.source import ReplayError, read
from support.stored_room import open_journal, write_room


async def test_beside_the_writer_by_id_and_by_code(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    room_id, code = await write_room(journal)
    found = read(tmp_path, room_id)
    assert [event.version for event in found.events] == list(range(1, 16))
    assert read(tmp_path, code.lower()) == found
    await journal.close()


def test_nothing_to_read(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="has no room with the id or join code 'ZZZZ'"):
        read(data, "ZZZZ")
    with pytest.raises(ReplayError, match=r"there is no journal at .*nowhere/journal.sqlite"):
        read(tmp_path / "nowhere", "CAAAAAAA")


def test_a_file_that_is_no_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"once upon a time" * 100)
    with pytest.raises(ReplayError, match=r"journal\.sqlite"):
        read(tmp_path, "CAAAAAAA")
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    with pytest.raises(ReplayError, match=r"is no journal of Kibitz\.$"):
        read(tmp_path, "CAAAAAAA")


def test_events_of_a_newer_version(data: Path) -> None:
    connection = sqlite3.connect(data / "journal.sqlite")
    with connection:
        connection.execute("UPDATE events SET kind = 'teleported' WHERE version = 9")
    connection.close()
    with pytest.raises(ReplayError, match=r"events of a newer version of Kibitz .'teleported'"):
        read(data, "CAAAAAAA")
