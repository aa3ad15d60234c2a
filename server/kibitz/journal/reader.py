"""Reading the journal back: short queries on a connection of their own, decoded into records."""

from collections.abc import Sequence
from typing import Any

import apsw

from kibitz.ids import Epoch, JoinCode, PlayerId, RoomId, RoomKey, Version
from kibitz.journal.errors import JournalUnreadable
from kibitz.journal.records import DECISIVE, Event, EventKind, NewRoom, SnapshotRecord, Standing
from kibitz.journal.schema import EVENT_COLUMNS, ROOM_COLUMNS, SNAPSHOT_COLUMNS
from kibitz.sqlite_file import problem_of

# ruff: noqa: S608  # every name in these statements is our own
_ROOM = ", ".join(ROOM_COLUMNS)
_EVENT = ", ".join((*EVENT_COLUMNS, "id"))
_SNAPSHOT = ", ".join(SNAPSHOT_COLUMNS)

_UNFINISHED = f"""
    SELECT {_ROOM} FROM rooms
    WHERE NOT EXISTS (SELECT 1 FROM events WHERE room = rooms.key AND kind = 'closed')
    ORDER BY key
    """
_STANDINGS = f"""
    SELECT {", ".join(f"rooms.{name}" for name in ROOM_COLUMNS)},
        last.version, last.epoch, last.at_us, last.kind, decisive.kind,
        (
            SELECT match FROM events
            WHERE room = rooms.key AND match IS NOT NULL ORDER BY version DESC LIMIT 1
        ),
        decisive.outcome IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM events
            WHERE room = rooms.key AND version > decisive.version AND kind = 'rewound'
        )
    FROM rooms
    JOIN events AS last
        ON last.room = rooms.key AND last.version = (SELECT max(version) FROM events WHERE room = rooms.key)
    LEFT JOIN events AS decisive
        ON decisive.room = rooms.key AND decisive.version = (
            SELECT version FROM events
            WHERE room = rooms.key AND match IS NOT NULL
                AND (outcome IS NOT NULL OR kind IN ({", ".join(f"'{kind}'" for kind in DECISIVE)}))
            ORDER BY version DESC LIMIT 1
        )
    WHERE NOT EXISTS (SELECT 1 FROM events WHERE room = rooms.key AND kind = 'closed')
    ORDER BY rooms.key
    """
# In this form SQLite takes the partial index of these rows, and looks at no other.
_SEATED = """
    SELECT room, seat, kind, player_id FROM events
    WHERE kind IN ('joined', 'left')
        AND NOT EXISTS (SELECT 1 FROM events AS end WHERE end.room = events.room AND end.kind = 'closed')
    ORDER BY room, version
    """
_BY_ID = f"SELECT {_ROOM} FROM rooms WHERE room_id = ?"
_BY_CODE = f"SELECT {_ROOM} FROM rooms WHERE code = ? ORDER BY key DESC LIMIT 1"
_ROOM_EVENTS = f"SELECT {_EVENT} FROM events WHERE room = ? AND version > ? ORDER BY version LIMIT ?"
_SETTLED = f"SELECT {_EVENT} FROM events WHERE id > ? ORDER BY id LIMIT ?"
_SNAPSHOTS = f"SELECT {_SNAPSHOT} FROM snapshots WHERE room = ? ORDER BY version DESC"
_EPOCH = "SELECT epoch FROM events WHERE room = ? ORDER BY version DESC LIMIT 1"
_NEWEST = "SELECT coalesce(max(id), 0) FROM events"
_HIGHEST_KEY = "SELECT coalesce(max(key), 0) FROM rooms"
_NO_LIMIT = -1

Row = tuple[Any, ...]
_IS_PRIVATE, _IS_QUICK = ROOM_COLUMNS.index("is_private"), ROOM_COLUMNS.index("is_quick")


def _event(row: Row) -> Event:
    room, version, epoch, at_us, kind, *rest = row
    return Event(room, version, epoch, at_us, EventKind(kind), *rest)


def _room(row: Row) -> NewRoom:
    values = list(row)
    values[_IS_PRIVATE], values[_IS_QUICK] = bool(values[_IS_PRIVATE]), bool(values[_IS_QUICK])
    return NewRoom(*values)


_KEY, _SEATS, _WIDTH = ROOM_COLUMNS.index("key"), ROOM_COLUMNS.index("seats"), len(ROOM_COLUMNS)
_KINDS = {kind.value: kind for kind in EventKind}


def _standing(row: Row, players: Sequence[PlayerId | None]) -> Standing:
    version, epoch, at_us, kind, decisive, match, is_over = row[_WIDTH:]
    return Standing(
        _room(row[:_WIDTH]),
        version,
        epoch,
        at_us,
        _KINDS[kind],
        None if decisive is None else _KINDS[decisive],
        match or 0,
        bool(is_over),
        tuple(players),
    )


class JournalReader:
    """Each method leaves no transaction open, so that it never holds a checkpoint back.

    Each may raise `JournalUnreadable`: the disk failed, or another process locks the whole file.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        self._connection.close()

    def newest(self) -> int:
        """The position of the last event; 0 where there is none."""
        return int(self._rows(_NEWEST)[0][0])

    def highest_key(self) -> RoomKey:
        return RoomKey(self._rows(_HIGHEST_KEY)[0][0])

    def unfinished_rooms(self) -> Sequence[NewRoom]:
        return [_room(row) for row in self._rows(_UNFINISHED)]

    def standings(self) -> Sequence[Standing]:
        players: dict[int, list[PlayerId | None]] = {}
        rows = self._rows(_STANDINGS)
        for row in rows:
            players[row[_KEY]] = [None] * row[_SEATS]
        for key, seat, kind, player in self._rows(_SEATED):
            if key in players:
                players[key][seat] = player if kind == EventKind.JOINED else None
        return [_standing(row, players[row[_KEY]]) for row in rows]

    def find_room(self, room_id: RoomId) -> NewRoom | None:
        return next(map(_room, self._rows(_BY_ID, room_id)), None)

    def find_code(self, code: JoinCode) -> NewRoom | None:
        return next(map(_room, self._rows(_BY_CODE, code)), None)

    def read_room(self, room: RoomKey, after: Version, limit: int | None) -> Sequence[Event]:
        rows = self._rows(_ROOM_EVENTS, room, after, _NO_LIMIT if limit is None else limit)
        return [_event(row) for row in rows]

    def latest_snapshots(self, room: RoomKey) -> Sequence[SnapshotRecord]:
        return [SnapshotRecord(*row) for row in self._rows(_SNAPSHOTS, room)]

    def read_settled(self, after: int, limit: int) -> Sequence[Event]:
        return [_event(row) for row in self._rows(_SETTLED, after, limit)]

    def epoch_of(self, room: RoomKey) -> Epoch:
        rows = self._rows(_EPOCH, room)
        if not rows:
            raise KeyError(room)
        return Epoch(rows[0][0])

    def _rows(self, statement: str, *values: str | int) -> list[Row]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except apsw.Error as error:
            raise JournalUnreadable(problem_of(error)) from error
