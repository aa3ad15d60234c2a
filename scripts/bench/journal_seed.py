"""A journal that holds a million rows of finished matches, made once and copied for every run."""

import hashlib
import inspect
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import servers
from matches import DRAW

sys.path.insert(0, str(servers.ROOT / "server"))


from kibitz.journal import schema
from kibitz.journal.records import EventKind

ROWS = 1_000_000
_EVENTS_PER_ROOM = len(DRAW) + 5
_FIRST_US = 1_760_000_000_000_000


def seeded() -> Path:
    """The seed's path; it is made anew when the journal's schema has changed."""
    made_by = hashlib.sha256((inspect.getsource(schema) + Path(__file__).read_text()).encode()).hexdigest()
    path = servers.ROOT / "artifacts" / f"bench-journal-{made_by[:12]}.sqlite"
    if path.exists():
        return path
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    before = time.monotonic()
    print(f"making a journal of {ROWS} rows…", flush=True)
    _make(unfinished)
    for older in path.parent.glob("bench-journal-*.sqlite"):
        older.unlink()
    unfinished.rename(path)
    print(f"made in {time.monotonic() - before:.0f} s", flush=True)
    return path


def _make(path: Path) -> None:
    schema.migrations.apply(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    # The triggers check row by row what this file makes right; they are put back below.
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    _insert(connection, "rooms", schema.ROOM_COLUMNS, _rooms())
    _insert(connection, "events", schema.EVENT_COLUMNS, _events())
    for _, sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _insert(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Iterator[dict[str, object]]
) -> None:
    names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - our own names


def _room_count() -> int:
    return -(-ROWS // _EVENTS_PER_ROOM)


def _rooms() -> Iterator[dict[str, object]]:
    for key in range(1, _room_count() + 1):
        yield {
            "room_id": f"seeded{key:016}",
            "key": key,
            "game": "connect-four",
            "rules_version": 1,
            "seats": 2,
            "code": _code(key),
            "is_private": 0,
            "options": "{}",
            "epoch": f"epoch{key:07}",
            "host_player_id": f"p_seeded{key:016}",
            "created_us": _FIRST_US + key * 60_000_000,
            "spectator_delay_ms": 0,
            "is_quick": 0,
        }


def _events() -> Iterator[dict[str, object]]:
    for key in range(1, _room_count() + 1):
        at_us = _FIRST_US + key * 60_000_000
        players = [f"p_seeded{key:016}", f"p_second{key:016}"]
        for version, (kind, seat, column) in enumerate(_story(), start=1):
            is_action = kind is EventKind.ACTION
            number = version - 5
            yield {
                "room": key,
                "version": version,
                "epoch": f"epoch{key:07}",
                "at_us": at_us + version * 1_000_000,
                "kind": str(kind),
                "seat": seat,
                "player_id": None if seat is None else players[seat],
                "action_id": f"seeded-{key:07}-{version:04}" if is_action else None,
                "type": "drop" if is_action else None,
                "args": _args(kind, key, column, players),
                "handled_us": 40,
                "spent_ms": 1000 if is_action else None,
                "match": 1 if version >= 4 else None,
                "phase_from": "playing" if is_action else None,
                "phase_to": ("finished" if number == len(DRAW) - 1 else "playing") if is_action else None,
                "outcome": '{"line":null,"reason":"full","winner":null}'
                if is_action and number == len(DRAW) - 1
                else None,
                "schema_version": 1,
            }


def _args(kind: EventKind, key: int, column: int, players: list[str]) -> str:
    if kind is EventKind.ACTION:
        return f'{{"column":{column}}}'
    if kind is EventKind.STARTED:
        return json.dumps({"seed": f"{key:064x}", "players": players})
    return "{}"


def _story() -> list[tuple[EventKind, int | None, int]]:
    return [
        (EventKind.CREATED, None, 0),
        (EventKind.JOINED, 0, 0),
        (EventKind.JOINED, 1, 0),
        (EventKind.STARTED, None, 0),
        *((EventKind.ACTION, index % 2, column) for index, column in enumerate(DRAW)),
        (EventKind.CLOSED, None, 0),
    ]


def _code(key: int) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "".join(letters[key >> (5 * place) & 31] for place in range(8))
