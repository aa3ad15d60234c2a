"""A journal as docs/ describes it, made without the server: what the ETL and the dashboard read."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

DDL = """
pragma journal_mode = wal;
create table rooms (
    key integer primary key, room_id text not null unique, game text not null,
    rules_version integer not null, seats integer not null, code text not null,
    is_private integer not null, options text not null, epoch text not null,
    host_player_id text not null, created_us integer not null
) strict;
create table events (
    id integer primary key autoincrement, room integer not null references rooms (key),
    version integer not null, epoch text not null, at_us integer not null, kind text not null,
    seat integer, player_id text, action_id text, type text, args text not null,
    handled_us integer not null, spent_ms integer, match integer, phase_from text,
    phase_to text, outcome text, schema_version integer not null, unique (room, version)
) strict;
create view events_v1 as
select
    events.id, rooms.room_id, rooms.game, events.version, events.epoch, events.at_us, events.kind,
    events.seat, events.player_id, events.player_id like 'b\\_%' escape '\\' as is_bot,
    events.action_id, events.type, events.args, events.handled_us, events.spent_ms, events.match,
    events.phase_from, events.phase_to, events.outcome, events.schema_version, rooms.seats,
    rooms.is_private
from events join rooms on rooms.key = events.room;
"""


def at(text: str) -> datetime:
    """`2026-11-20 10:00:00` as an aware UTC time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def naive(text: str) -> datetime:
    """`2026-11-20 10:00:00` as the warehouse has it: UTC without saying so."""
    return datetime.fromisoformat(text)


def micros(when: datetime) -> int:
    return round(when.timestamp() * 1_000_000)


@dataclass(frozen=True)
class Row:
    """One event; what is left out is null, as in most rows of the journal."""

    room: str
    kind: str
    at: datetime
    seat: int | None = None
    player: str | None = None
    type: str | None = None
    args: object = field(default_factory=dict)
    match: int | None = None
    outcome: object = None
    spent_ms: int | None = None
    at_us: int | None = None
    version: int | None = None
    game: str = "connect-four"


class JournalFile:
    """Appends rows to a journal; versions and keys count themselves."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            with closing(sqlite3.connect(path)) as con, con:
                con.executescript(DDL)

    def append(self, rows: Sequence[Row]) -> None:
        with closing(sqlite3.connect(self.path)) as con, con:
            for row in rows:
                con.execute(
                    """
                    insert or ignore into rooms (
                        key, room_id, game, rules_version, seats, code, is_private, options, epoch,
                        host_player_id, created_us
                    )
                    select coalesce(max(key), 0) + 1, ?, ?, 1, 2, 'ABCDEFGH', 0, '{}', 'e', 'p_host', ?
                    from rooms
                    """,
                    (row.room, row.game, micros(row.at)),
                )
                key = con.execute("select key from rooms where room_id = ?", (row.room,)).fetchone()[0]
                last = con.execute("select coalesce(max(version), 0) from events where room = ?", (key,))
                version = row.version or last.fetchone()[0] + 1
                con.execute(
                    """
                    insert into events
                        (room, version, epoch, at_us, kind, seat, player_id, type, args, handled_us, spent_ms,
                         match, outcome, schema_version)
                    values (?, ?, 'e', ?, ?, ?, ?, ?, ?, 40, ?, ?, ?, 1)
                    """,
                    (
                        key,
                        version,
                        micros(row.at) if row.at_us is None else row.at_us,
                        row.kind,
                        row.seat,
                        row.player,
                        row.type,
                        row.args if isinstance(row.args, str) else json.dumps(row.args),
                        row.spent_ms,
                        row.match,
                        row.outcome
                        if row.outcome is None or isinstance(row.outcome, str)
                        else json.dumps(row.outcome),
                    ),
                )


def two_seat_room(
    room: str,
    start: datetime,
    *,
    players: tuple[str, str] = ("p_ann", "p_bob"),
    moves: int = 3,
    outcome: object = None,
    step_s: int = 10,
) -> list[Row]:
    """A room made, filled, and played for so many moves; the last one carries the outcome, if any."""

    def after(steps: int) -> datetime:
        return start + timedelta(seconds=step_s * steps)

    rows = [
        Row(room, "created", after(0), player=players[0]),
        Row(room, "joined", after(0), seat=0, player=players[0]),
        Row(room, "joined", after(1), seat=1, player=players[1]),
        Row(room, "started", after(1), match=1, args={"seed": "00", "players": list(players)}),
    ]
    rows += [
        Row(
            room,
            "action",
            after(2 + move),
            seat=move % 2,
            player=players[move % 2],
            type="drop",
            args={"column": move % 7},
            match=1,
            spent_ms=step_s * 1000,
            outcome=outcome if move == moves - 1 else None,
        )
        for move in range(moves)
    ]
    return rows
