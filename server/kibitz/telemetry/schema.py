"""The tables of telemetry.sqlite, as named and ordered migrations. Rows are only added, and deleted
when they are old, so that a reader can go on by `id`.

data/README.md describes every column.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("telemetry")

_TABLES = (
    """
    CREATE TABLE conflicts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        room_id TEXT NOT NULL,
        player_id TEXT NOT NULL,
        client_version INTEGER NOT NULL,
        server_version INTEGER NOT NULL,
        type TEXT NOT NULL,
        resolution TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE incidents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        kind TEXT NOT NULL,
        room_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        epoch TEXT NOT NULL,
        player_id TEXT,
        transport TEXT,
        detail TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE refusals (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        code TEXT NOT NULL,
        count INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE features (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        name TEXT NOT NULL,
        player_id TEXT NOT NULL,
        count INTEGER NOT NULL
    ) STRICT
    """,
)
TABLES = ("conflicts", "incidents", "refusals", "features")


@migrations(name="0001_second_evening")
def _second_evening(db: Database) -> None:
    for statement in _TABLES:
        db.execute(statement)
    for table in TABLES:
        db.execute(f"CREATE INDEX {table}_by_time ON {table} (at_us)")
