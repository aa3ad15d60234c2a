"""The tables of ratings.sqlite, as named and ordered migrations. The journal can make all of it again.

data/README.md describes every column.
"""

from typing import TYPE_CHECKING

from kibitz.sqlite_file import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("ratings")

_TABLES = (
    """
    CREATE TABLE progress (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        watermark INTEGER NOT NULL,
        updated_us INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE results (
        room_id TEXT NOT NULL,
        match INTEGER NOT NULL,
        game TEXT NOT NULL,
        ended_id INTEGER NOT NULL,
        ended_us INTEGER NOT NULL,
        players TEXT NOT NULL,
        places TEXT NOT NULL,
        results TEXT NOT NULL,
        unrated TEXT NOT NULL,
        PRIMARY KEY (room_id, match)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX results_rated ON results (game, ended_id) WHERE unrated = ''",
    """
    CREATE TABLE placings (
        room_id TEXT NOT NULL,
        match INTEGER NOT NULL,
        seat INTEGER NOT NULL,
        player_id TEXT NOT NULL,
        ended_id INTEGER NOT NULL,
        PRIMARY KEY (room_id, match, seat)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX placings_by_player ON placings (player_id, ended_id)",
    """
    CREATE TABLE tallies (
        player_id TEXT NOT NULL,
        game TEXT NOT NULL,
        played INTEGER NOT NULL,
        won INTEGER NOT NULL,
        drawn INTEGER NOT NULL,
        PRIMARY KEY (player_id, game)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE ratings (
        game TEXT NOT NULL,
        player_id TEXT NOT NULL,
        rating REAL NOT NULL,
        deviation REAL NOT NULL,
        standing REAL NOT NULL,
        played INTEGER NOT NULL,
        won INTEGER NOT NULL,
        PRIMARY KEY (game, player_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX ratings_by_standing ON ratings (game, standing DESC, player_id)",
)


@migrations(name="0001_ratings")
def _ratings(db: "Database") -> None:
    for statement in _TABLES:
        db.execute(statement)
    db.execute("INSERT INTO progress (one, watermark, updated_us) VALUES (1, 0, 0)")
