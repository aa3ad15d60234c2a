"""The tables of telemetry.sqlite, as named and ordered migrations. Rows are only added, and deleted
when they are old, so that a reader can go on by `id`.

data/README.md describes every column.
"""

from typing import TYPE_CHECKING

from kibitz.sqlite_file import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("telemetry")

_TOLD = (
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
_MEASURED = (
    """
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        session_id TEXT NOT NULL,
        player_id TEXT NOT NULL,
        opened_us INTEGER NOT NULL,
        transport TEXT NOT NULL,
        upgraded INTEGER NOT NULL,
        latency_ms INTEGER,
        reconnects INTEGER NOT NULL,
        acts INTEGER NOT NULL,
        close_reason TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE latencies (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        subject TEXT NOT NULL,
        name TEXT NOT NULL,
        bucket INTEGER NOT NULL,
        n INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE samples (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        cpu_percent REAL NOT NULL,
        rss_bytes INTEGER NOT NULL,
        descriptors INTEGER NOT NULL,
        websocket INTEGER NOT NULL,
        polling INTEGER NOT NULL,
        rooms_open INTEGER NOT NULL,
        rooms_playing INTEGER NOT NULL,
        players INTEGER NOT NULL,
        bytes_in INTEGER NOT NULL,
        bytes_out INTEGER NOT NULL,
        events INTEGER NOT NULL,
        moves INTEGER NOT NULL,
        outbox_replaced INTEGER NOT NULL,
        outbox_dropped INTEGER NOT NULL,
        outbox_closed INTEGER NOT NULL,
        cache_hits INTEGER NOT NULL,
        cache_misses INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE errors (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        count INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE waits (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        player_id TEXT NOT NULL,
        game TEXT NOT NULL,
        entered_us INTEGER NOT NULL,
        result TEXT NOT NULL,
        room_id TEXT
    ) STRICT
    """,
)
_TOLD_TABLES = ("conflicts", "incidents", "refusals", "features")
_MEASURED_TABLES = ("sessions", "latencies", "samples", "errors", "waits")
TABLES = _TOLD_TABLES + _MEASURED_TABLES


@migrations(name="0001_second_evening")
def _second_evening(db: "Database") -> None:
    _make(db, _TOLD, _TOLD_TABLES)


@migrations(name="0002_measures")
def _measures(db: "Database") -> None:
    _make(db, _MEASURED, _MEASURED_TABLES)


def _make(db: "Database", statements: tuple[str, ...], tables: tuple[str, ...]) -> None:
    for statement in statements:
        db.execute(statement)
    for table in tables:
        db.execute(f"CREATE INDEX {table}_by_time ON {table} (at_us)")
