"""A room read from the journal's file, read-only: beside a running server, or without one; from the archive,
where it was pruned."""

from pathlib import Path

import apsw
from msgspec import Struct

from kibitz.ids import JoinCode, RoomId, Version
from kibitz.journal.errors import JournalUnreadable
from kibitz.journal.reader import JournalReader
from kibitz.journal.records import Event, NewRoom, SnapshotRecord
from kibitz.replay.archived import ArchiveUnreadable, read_archived
from kibitz.sqlite_file import UnusableFile, connect

JOURNAL = "journal.sqlite"
_TABLES = frozenset({"rooms", "events", "snapshots"})
_BEGINNING = Version(0)


class ReplayError(Exception):
    """Why a room cannot be replayed; the text is one sentence."""


class RoomHistory(Struct, frozen=True):
    """All rows of one room. `snapshots` are its recovery points, newest first, unverified."""

    record: NewRoom
    events: tuple[Event, ...]
    snapshots: tuple[SnapshotRecord, ...]


def read(data: Path, room: str) -> RoomHistory:
    """The room of that id or join code (the newest that has the code). Raises `ReplayError`."""
    path = data / JOURNAL
    if not path.is_file():
        raise ReplayError(f"there is no journal at {path}: name the server's data directory with --data.")
    try:
        connection = connect(path, read_only=True)
    except UnusableFile as error:
        raise ReplayError(str(error)) from None
    reader = JournalReader(connection)
    try:
        _refuse_foreign(connection, path)
        record = reader.find_room(RoomId(room)) or reader.find_code(JoinCode(room.upper()))
        if record is None:
            return _from_archive(data, room)
        events = tuple(reader.read_room(record.key, _BEGINNING, None))
        snapshots = tuple(reader.latest_snapshots(record.key))
    except JournalUnreadable as error:
        raise ReplayError(f"{path} {error.problem.value}.") from None
    except ValueError as error:
        raise ReplayError(
            f"the room {room!r} has events of a newer version of Kibitz ({error}): install that version."
        ) from None
    finally:
        reader.close()
    if not events:
        raise ReplayError(f"the journal at {path} has no event of the room {record.room_id}.")
    return RoomHistory(record, events, snapshots)


def _from_archive(data: Path, room: str) -> RoomHistory:
    try:
        found = read_archived(data, room)
    except ArchiveUnreadable as error:
        raise ReplayError(f"the journal has no room {room!r}, and {error}") from None
    if found is None:
        raise ReplayError(
            f"the journal at {data / JOURNAL} has no room with the id or join code {room!r}, "
            "nor has the archive."
        )
    record, events = found
    return RoomHistory(record, events, ())


def _refuse_foreign(connection: apsw.Connection, path: Path) -> None:
    try:
        names = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    except apsw.Error as error:
        raise ReplayError(f"{path} cannot be read as a journal: {error}.") from None
    if not names >= _TABLES:
        raise ReplayError(f"{path} is no journal of Kibitz.")
