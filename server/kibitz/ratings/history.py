"""What the projection reads of the journal: its published view, in short queries."""

from pathlib import Path
from typing import Any

from kibitz.ids import Epoch, GameName, RoomId, RoomKey, Seat, Version
from kibitz.journal.records import Event, EventKind
from kibitz.ratings.results import TELLING
from kibitz.rooms.fold.event_args import decode_ticks
from kibitz.sqlite_file import connect

# ruff: noqa: S608  # every name in these statements is our own
_TELLING = ", ".join(f"'{kind.value}'" for kind in TELLING)
# Not the highest there is: the newest rooms may have been pruned.
_NEWEST = "SELECT seq FROM sqlite_sequence WHERE name = 'events'"
_TOUCHED = """
    SELECT DISTINCT room_id, game FROM events_v1
    WHERE id > ? AND id <= ? AND (outcome IS NOT NULL OR kind = 'rewound')
    """
_TELLING_EVENTS = f"""
    SELECT version, epoch, at_us, kind, seat, args, match, outcome, id FROM events_v1
    WHERE room_id = ? AND id <= ? AND (outcome IS NOT NULL OR kind IN ({_TELLING}))
    ORDER BY version
    """
_ACTED = """
    SELECT DISTINCT seat FROM events_v1
    WHERE room_id = ? AND version BETWEEN ? AND ? AND kind = 'action'
    """
_TICKS = "SELECT args FROM events_v1 WHERE room_id = ? AND version BETWEEN ? AND ? AND kind = 'ticks'"
_HAS = "SELECT 1 FROM events_v1 WHERE room_id = ? LIMIT 1"


class History:
    """Used by one thread. Raises `UnusableFile` when opened, `apsw.Error` afterwards."""

    def __init__(self, journal: Path) -> None:
        self._connection = connect(journal, read_only=True)

    def newest(self) -> int:
        """The id of the last event that there ever was; 0 before the first."""
        rows = self._rows(_NEWEST)
        return int(rows[0][0]) if rows else 0

    def touched(self, after: int, until: int) -> list[tuple[RoomId, GameName]]:
        """Rooms in which a match ended, or was rewound, in events with `after` < id <= `until`."""
        return self._rows(_TOUCHED, after, until)

    def telling(self, room: RoomId, until: int) -> list[Event]:
        """A room's events that say how its matches ended, oldest first. The room's key is not among it."""
        return [
            Event(
                RoomKey(0),
                Version(version),
                Epoch(epoch),
                at_us,
                EventKind(kind),
                seat=seat,
                args=args,
                match=match,
                outcome=outcome,
                id=number,
            )
            for version, epoch, at_us, kind, seat, args, match, outcome, number in self._rows(
                _TELLING_EVENTS, room, until
            )
        ]

    def acted(self, room: RoomId, first: Version, last: Version) -> set[Seat]:
        """The seats that did anything between these two versions."""
        seats = {Seat(seat) for (seat,) in self._rows(_ACTED, room, first, last) if seat is not None}
        for (args,) in self._rows(_TICKS, room, first, last):
            seats.update(each.seat for each in decode_ticks(args).inputs)
        return seats

    def has(self, room: RoomId) -> bool:
        """Whether the journal still has this room."""
        return bool(self._rows(_HAS, room))

    def close(self) -> None:
        self._connection.close()

    def _rows(self, statement: str, *values: str | int) -> list[Any]:
        # All at once: a transaction left open would hold checkpoints back.
        return self._connection.execute(statement, values).fetchall()
