"""The journal's writing SQL: one multi-row statement per table and commit.

SQLite's Python bindings hand the GIL back and forth at every statement; with a busy event loop each
hand-over waits for a thread switch. A hundred rows in a hundred statements took half a second, in
one statement they take about what one row takes. Hence also the limit: a statement binds at most
32,766 values.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

import apsw
from msgspec.structs import astuple

from kibitz.journal.records import Event, NewRoom, SnapshotRecord
from kibitz.journal.schema import EVENT_COLUMNS, ROOM_COLUMNS, SNAPSHOT_COLUMNS
from kibitz.journal.snapshots import SNAPSHOTS_KEPT

ROWS_PER_COMMIT_MAX = 1024
_VALUES_MAX = 32_766
_SNAPSHOTS_MAX = _VALUES_MAX // len(SNAPSHOT_COLUMNS)
_EVENT_WIDTH = len(EVENT_COLUMNS)


@lru_cache(maxsize=256)
def _insert(table: str, columns: tuple[str, ...], count: int) -> str:
    row = "(" + ",".join("?" * len(columns)) + ")"
    names = ",".join(columns)
    return f"INSERT INTO {table} ({names}) VALUES {','.join([row] * count)}"  # noqa: S608  # our own names


@lru_cache(maxsize=16)
def _insert_snapshots(count: int) -> str:
    names = ",".join(SNAPSHOT_COLUMNS)
    rows = ",".join(["(" + ",".join("?" * len(SNAPSHOT_COLUMNS)) + ")"] * count)
    # A recovery point of an event that was lost, or of another history, must not be kept.
    return f"""
        WITH new ({names}) AS (VALUES {rows})
        INSERT OR REPLACE INTO snapshots ({names})
        SELECT {names} FROM new
        WHERE EXISTS (
            SELECT 1 FROM events
            WHERE events.room = new.room AND events.version = new.version AND events.epoch = new.epoch
        )
        """  # noqa: S608


@lru_cache(maxsize=16)
def _thin_snapshots(count: int) -> str:
    return f"""
        DELETE FROM snapshots
        WHERE room IN ({",".join("?" * count)}) AND version NOT IN (
            SELECT version FROM snapshots AS newer
            WHERE newer.room = snapshots.room ORDER BY version DESC LIMIT {SNAPSHOTS_KEPT}
        )
        """  # noqa: S608


def insert_events(connection: apsw.Connection, events: Sequence[Event]) -> None:
    """In the order given, which is the order of their ids. At most `ROWS_PER_COMMIT_MAX`."""
    rows = [astuple(event)[:_EVENT_WIDTH] for event in events]
    connection.execute(_insert("events", EVENT_COLUMNS, len(events)), list(chain.from_iterable(rows)))


def insert_rooms(connection: apsw.Connection, rooms: Sequence[NewRoom]) -> None:
    """At most `ROWS_PER_COMMIT_MAX`."""
    connection.execute(
        _insert("rooms", ROOM_COLUMNS, len(rooms)), [value for room in rooms for value in astuple(room)]
    )


def insert_snapshots(connection: apsw.Connection, snapshots: Iterable[SnapshotRecord]) -> None:
    """Store recovery points whose event is stored, and drop all but the newest of their rooms."""
    newest = list({snapshot.room: snapshot for snapshot in snapshots}.values())
    for start in range(0, len(newest), _SNAPSHOTS_MAX):
        part = newest[start : start + _SNAPSHOTS_MAX]
        connection.execute(
            _insert_snapshots(len(part)), [value for snapshot in part for value in astuple(snapshot)]
        )
        connection.execute(_thin_snapshots(len(part)), [snapshot.room for snapshot in part])
