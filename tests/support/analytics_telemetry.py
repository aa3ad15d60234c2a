"""A telemetry.sqlite as the server makes it, filled without the server."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from kibitz.telemetry.schema import migrations
from support.analytics_journal import micros

Values = Mapping[str, object]

SAMPLE: Values = {
    "cpu_percent": 12.5,
    "rss_bytes": 90_000_000,
    "descriptors": 40,
    "websocket": 3,
    "polling": 1,
    "rooms_open": 2,
    "rooms_playing": 1,
    "players": 4,
    "bytes_in": 100,
    "bytes_out": 1_000,
    "events": 20,
    "moves": 8,
    "outbox_replaced": 1,
    "outbox_dropped": 0,
    "outbox_closed": 0,
    "cache_hits": 9,
    "cache_misses": 1,
}
SESSION: Values = {
    "session_id": "s",
    "player_id": "p_ann",
    "transport": "websocket",
    "upgraded": 1,
    "latency_ms": 30,
    "reconnects": 0,
    "acts": 5,
    "close_reason": "left",
}
ROWS: Mapping[str, Values] = {
    "samples": SAMPLE,
    "sessions": SESSION,
    "latencies": {"subject": "event", "name": "act", "bucket": 40, "n": 7},
    "errors": {"kind": "http", "name": "GET /api/rooms 500", "count": 2},
    "waits": {"player_id": "p_ann", "game": "connect-four", "result": "matched", "room_id": "r"},
    "features": {"name": "replay", "player_id": "p_ann", "count": 1},
    "refusals": {"code": "not_your_turn", "count": 3},
    "conflicts": {
        "room_id": "r",
        "player_id": "p_ann",
        "client_version": 4,
        "server_version": 5,
        "type": "drop",
        "resolution": "server",
    },
    "incidents": {"kind": "wrong_checksum", "room_id": "r", "version": 5, "epoch": "e", "detail": "told"},
}
"""A plausible row of each table; what a test does not care about."""


class TelemetryFile:
    """Appends rows to telemetry."""

    def __init__(self, path: Path) -> None:
        self.path = path
        migrations.apply(path)

    def add(self, table: str, when: datetime, **values: object) -> None:
        """One row like that of `ROWS`, with other values where the test cares."""
        self.add_all([(table, when, values)])

    def add_all(self, rows: Sequence[tuple[str, datetime, Values]]) -> None:
        """In one transaction."""
        with closing(sqlite3.connect(self.path)) as con, con:
            for table, when, values in rows:
                row = {"at_us": micros(when), **ROWS[table], **values}
                if table in ("sessions", "waits"):
                    name = "opened_us" if table == "sessions" else "entered_us"
                    row.setdefault(name, micros(when) - 60_000_000)
                names = ", ".join(row)
                marks = ", ".join("?" * len(row))
                con.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))
