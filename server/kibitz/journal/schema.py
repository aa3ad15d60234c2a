"""The journal's tables, as named and ordered migrations. Stored rows change only by gaining columns.

`events` has exactly one index that every commit pays for: the unique (room, version). It is the fence
against a second writer and the path by which a room is read. Of the partial ones `closed_rooms` holds a row
per closed room only, so that a start finds the open ones without a look at their events, and `seat_events`
the few that say who sits where. The trigger refuses a version whose predecessor is missing, so that the file
itself can have no gap, whatever the code above it does.

`events_v1` is the published reading contract, and `rooms_v1` beside it: the ETL, the dashboard and people
read them, and nothing else of this file. data/README.md describes every column.
"""

from typing import TYPE_CHECKING

from kibitz.sqlite_file import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("journal")

ROOM_COLUMNS = (
    "room_id",
    "key",
    "game",
    "rules_version",
    "seats",
    "code",
    "is_private",
    "options",
    "epoch",
    "host_player_id",
    "created_us",
    "spectator_delay_ms",
    "is_quick",
)
"""In the order of `NewRoom`'s fields."""

EVENT_COLUMNS = (
    "room",
    "version",
    "epoch",
    "at_us",
    "kind",
    "seat",
    "player_id",
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
)
"""In the order of `Event`'s fields, which end with the `id` that the table gives."""

SNAPSHOT_COLUMNS = ("room", "version", "epoch", "rules_version", "at_us", "state", "checksum")
"""In the order of `SnapshotRecord`'s fields."""


@migrations(name="0001_first_evening")
def _first_evening(db: "Database") -> None:
    db.execute(
        """
        CREATE TABLE rooms (
            key INTEGER PRIMARY KEY,
            room_id TEXT NOT NULL UNIQUE,
            game TEXT NOT NULL,
            rules_version INTEGER NOT NULL,
            seats INTEGER NOT NULL CHECK (seats > 0),
            code TEXT NOT NULL,
            is_private INTEGER NOT NULL CHECK (is_private IN (0, 1)),
            options TEXT NOT NULL,
            epoch TEXT NOT NULL,
            host_player_id TEXT NOT NULL,
            created_us INTEGER NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX rooms_by_code ON rooms (code)")
    db.execute(
        """
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            room INTEGER NOT NULL,
            version INTEGER NOT NULL CHECK (version > 0),
            epoch TEXT NOT NULL,
            at_us INTEGER NOT NULL,
            kind TEXT NOT NULL,
            seat INTEGER,
            player_id TEXT,
            action_id TEXT,
            type TEXT,
            args TEXT NOT NULL,
            handled_us INTEGER NOT NULL,
            spent_ms INTEGER,
            match INTEGER,
            phase_from TEXT,
            phase_to TEXT,
            outcome TEXT,
            schema_version INTEGER NOT NULL,
            UNIQUE (room, version)
        ) STRICT
        """
    )
    db.execute("CREATE INDEX closed_rooms ON events (room) WHERE kind = 'closed'")
    db.execute(
        """
        CREATE TRIGGER events_without_gap BEFORE INSERT ON events
        WHEN NEW.version > 1
            AND NOT EXISTS (SELECT 1 FROM events WHERE room = NEW.room AND version = NEW.version - 1)
        BEGIN
            SELECT RAISE(ABORT, 'the room has no event of the version before');
        END
        """
    )
    db.execute(
        """
        CREATE TABLE snapshots (
            room INTEGER NOT NULL,
            version INTEGER NOT NULL,
            epoch TEXT NOT NULL,
            rules_version INTEGER NOT NULL,
            at_us INTEGER NOT NULL,
            state BLOB NOT NULL,
            checksum INTEGER NOT NULL,
            PRIMARY KEY (room, version)
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE VIEW events_v1 AS
        SELECT
            e.id,
            r.room_id,
            r.game,
            e.version,
            e.epoch,
            e.at_us,
            e.kind,
            e.seat,
            e.player_id,
            CASE WHEN e.player_id IS NULL THEN NULL ELSE substr(e.player_id, 1, 2) = 'b_' END AS is_bot,
            e.action_id,
            e.type,
            e.args,
            e.handled_us,
            e.spent_ms,
            e.match,
            e.phase_from,
            e.phase_to,
            e.outcome,
            e.schema_version,
            r.seats,
            r.is_private
        FROM events AS e
        JOIN rooms AS r ON r.key = e.room
        """
    )


@migrations(name="0002_seat_events")
def _seat_events(db: "Database") -> None:
    db.execute(
        """
        CREATE INDEX seat_events ON events (room, version, seat, kind, player_id)
        WHERE kind IN ('joined', 'left')
        """
    )


@migrations(name="0003_spectator_delay")
def _spectator_delay(db: "Database") -> None:
    db.execute("ALTER TABLE rooms ADD COLUMN spectator_delay_ms INTEGER NOT NULL DEFAULT 0")


@migrations(name="0004_quick_rooms")
def _quick_rooms(db: "Database") -> None:
    db.execute("ALTER TABLE rooms ADD COLUMN is_quick INTEGER NOT NULL DEFAULT 0")


@migrations(name="0005_rooms_view")
def _rooms_view(db: "Database") -> None:
    db.execute(
        """
        CREATE VIEW rooms_v1 AS
        SELECT
            room_id,
            game,
            rules_version,
            seats,
            code,
            is_private,
            options,
            epoch,
            host_player_id,
            created_us,
            spectator_delay_ms,
            is_quick
        FROM rooms
        """
    )
