"""A journal of many rooms in mid-match: one room is played by the real code, the others are its copies.

    PYTHONPATH=server .venv/bin/python scripts/bench/rooms_seed.py DIRECTORY [--rooms 10000]

makes `DIRECTORY/journal.sqlite`: each room has 100 events (two matches over, the third at its sixth
move) and two recovery points.
"""

import argparse
import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import servers
from matches import DRAW

sys.path.insert(0, str(servers.ROOT / "server"))

from kibitz.clock import SystemClock
from kibitz.games.connect_four import ConnectFour
from kibitz.ids import GameName, JoinCode, PlayerId, RoomId, new_join_code
from kibitz.journal import schema
from kibitz.journal.errors import JournalBroken
from kibitz.journal.records import NewRoom, SnapshotRecord
from kibitz.journal.sqlite import SqliteJournal
from kibitz.rooms.directory.creation import Creation
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.room import Room

PLAYERS = (PlayerId("p_seeded-first-of-0000000"), PlayerId("p_seeded-second-of-000000"))
EVENTS_PER_ROOM = 100


class Sent(msgspec.Struct, frozen=True):
    epoch: str
    id: str
    base: int
    type: str
    args: msgspec.Raw


class Silent:
    """Tells nobody; plays no bot."""

    def committed(self, room: object, update: object) -> None: ...
    def presence_changed(self, room: object) -> None: ...
    def reloaded(self, room: object) -> None: ...
    def faulted(self, room: object) -> None: ...
    def closed(self, room: object) -> None: ...
    def think(self, *question: object) -> None: ...


def make(path: Path, rooms: int, *, timed: bool = True) -> None:
    """Replace the journal at `path`."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(_play_one(path, timed=timed))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    record = NewRoom(*_rows(connection, "rooms", schema.ROOM_COLUMNS)[0])
    events = _rows(connection, "events", schema.EVENT_COLUMNS)
    points = [SnapshotRecord(*row) for row in _rows(connection, "snapshots", schema.SNAPSHOT_COLUMNS)]
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:  # they check row by row what is right here by its making
        connection.execute(f"DROP TRIGGER {name}")
    others = range(2, rooms + 1)
    _insert(connection, "rooms", schema.ROOM_COLUMNS, (_room(record, key) for key in others))
    # Version by version, as rooms that play at the same time are stored.
    copies = (_event(row, record, key) for row in events for key in others)
    _insert(connection, "events", schema.EVENT_COLUMNS, copies)
    saved = (_point(point, record, key) for key in others for point in points)
    _insert(connection, "snapshots", schema.SNAPSHOT_COLUMNS, saved)
    for _, sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def _play_one(path: Path, *, timed: bool) -> None:
    journal = SqliteJournal.open(path, fatal=_broken)
    silent = Silent()
    directory = Directory(
        games={GameName("connect-four"): ConnectFour()},
        journal=journal,
        clock=SystemClock(),
        listener=silent,
        brains=silent,
        defer=asyncio.get_running_loop().call_soon,
    )
    made: asyncio.Future[Room] = asyncio.get_running_loop().create_future()
    options = b"{}" if timed else b'{"clock_ms":null}'
    directory.create(Creation(GameName("connect-four"), PLAYERS[0], options), made.set_result)  # type: ignore[arg-type]
    room = await made
    for player in PLAYERS:
        room.join(player, None, None, None, lambda _: None)
        await journal.flush()
    number = 0
    while room.version < EVENTS_PER_ROOM:
        number += 1
        if room.status == "finished":
            for player in PLAYERS:
                room.rematch(player, lambda _: None)
            await journal.flush()
            number = 1
        column = DRAW[number - 1]
        seat = room.match - 1 + number - 1
        sent = Sent(
            room.epoch,
            f"seeded-{room.version:015}",
            room.version,
            "drop",
            msgspec.Raw(b'{"column":%d}' % column),
        )
        room.act(PLAYERS[seat % 2], sent, partial(_accepted, room))
        await journal.flush()
        await asyncio.sleep(0)
    await journal.close()


def _accepted(room: Room, answer: object) -> None:
    if not hasattr(answer, "version") or hasattr(answer, "code"):
        raise SystemExit(f"the room at version {room.version} refused: {answer}")


def _broken(error: JournalBroken) -> None:
    raise error


def _rows(connection: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid").fetchall()  # noqa: S608  # our own names


def _insert(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]
) -> None:
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608  # our own names


def _room(record: NewRoom, key: int) -> tuple[object, ...]:
    code = new_join_code(lambda n: (key * 2_654_435_761).to_bytes(n, "little"))
    copied = msgspec.structs.replace(
        record,
        key=key,
        room_id=seeded_room(key),
        code=JoinCode(code),
        host_player_id=seeded_player(0, key),
    )
    return msgspec.structs.astuple(copied)


def seeded_room(key: int) -> RoomId:
    """The id of one of the copies, which have the keys from 2 on."""
    return RoomId(f"seeded{key:016}")


def seeded_player(seat: int, key: int) -> PlayerId:
    """As long as the player it stands for, so that a recovery point can be copied by its bytes."""
    return PlayerId(PLAYERS[seat][:-7] + f"{key:07}")


def _event(row: tuple[object, ...], record: NewRoom, key: int) -> tuple[object, ...]:
    values = dict(zip(schema.EVENT_COLUMNS, row, strict=True))
    values["room"] = key
    for seat, player in enumerate(PLAYERS):
        if values["player_id"] == player:
            values["player_id"] = seeded_player(seat, key)
        values["args"] = str(values["args"]).replace(player, seeded_player(seat, key))
    return tuple(values.values())


def _point(point: SnapshotRecord, record: NewRoom, key: int) -> tuple[object, ...]:
    state = point.state
    for seat, player in enumerate(PLAYERS):
        state = state.replace(player.encode(), seeded_player(seat, key).encode())
    copied = msgspec.structs.replace(point, room=key, state=state, checksum=crc32(state))
    return msgspec.structs.astuple(copied)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--rooms", type=int, default=10_000)
    parser.add_argument("--untimed", action="store_true", help="matches without a clock")
    given = parser.parse_args()
    make(given.directory / "journal.sqlite", given.rooms, timed=not given.untimed)


if __name__ == "__main__":
    main()
