"""Old rooms taken out of the journal, and only those of which the archive is proved to hold every row.

The proof is made anew each time: the hash of each file that the manifest names, and for each room as many
rows, with the same positions, times and arguments, in the archive as in the journal.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from kibitz.operating.files import ARCHIVE, JOURNAL, sha256_of
from kibitz.ratings.files import NAME as RATINGS
from kibitz.sqlite_file import UnusableFile, connect

ROOMS_AT_ONCE = 500
FORMAT = "kibitz-archive/1"
_DAY_US = 86_400_000_000

Progress = Callable[[int, int], None]
"""Hears how many rooms are gone, and of how many."""

# Open rooms have no `closed` row. The newest room keeps its key, and the newest row its position, so that
# neither is given out again.
_CLOSED = """
    SELECT e.room FROM events AS e
    WHERE e.kind = 'closed' AND e.at_us < ?
        AND e.room <> (SELECT max(key) FROM rooms)
        AND e.room <> (SELECT room FROM events ORDER BY id DESC LIMIT 1)
        AND NOT EXISTS (SELECT 1 FROM events AS late WHERE late.room = e.room AND late.id > ?)
    ORDER BY e.room
    """
_IN_JOURNAL = """
    SELECT r.room_id, count(*), min(e.version), max(e.version), sum(e.id), sum(e.at_us % 1000000007),
        sum(length(e.args)), sum(coalesce(length(e.outcome), 0))
    FROM events AS e JOIN rooms AS r ON r.key = e.room WHERE e.room = ?
    """
_IN_ARCHIVE = """
    SELECT e.room_id, count(*), min(version), max(version), sum(id)::BIGINT, sum(at_us % 1000000007)::BIGINT,
        sum(length(args))::BIGINT, sum(coalesce(length(outcome), 0))::BIGINT
    FROM read_parquet(?) AS e
    WHERE e.room_id IN (SELECT room_id FROM read_parquet(?))
    GROUP BY e.room_id
    """


class _Part(Struct, frozen=True):
    name: str
    rows: int
    bytes: int
    sha256: str


class _Segment(Struct, frozen=True):
    first_seq: int
    last_seq: int
    events: _Part
    rooms: _Part


class _Manifest(Struct, frozen=True):
    format: str
    last_seq: int
    segments: tuple[_Segment, ...]


class PruneError(Exception):
    """Why nothing is pruned, in one sentence."""


class Prunable(Struct, frozen=True):
    """`keys` of rooms that can go, of `events` rows; `unproved` rooms are old enough, but not in the archive
    as they are in the journal."""

    keys: tuple[int, ...]
    events: int
    unproved: int
    last_seq: int


def prunable(data: Path, now_us: int, days: int) -> Prunable:
    """The rooms that were closed more than `days` ago, and that the archive is proved to hold.

    Raises `PruneError`.
    """
    if not (data / JOURNAL).is_file():
        raise PruneError(f"there is no journal at {data / JOURNAL}: name the data directory with --data.")
    archive = data / ARCHIVE
    manifest = _proved(archive)
    _refuse_what_is_not_counted(data, manifest.last_seq)
    archived = _rooms_of(archive, manifest)
    keys, events, unproved = [], 0, 0
    try:
        with closing(connect(data / JOURNAL, read_only=True)) as connection:
            before_us = now_us - days * _DAY_US
            for (key,) in connection.execute(_CLOSED, (before_us, manifest.last_seq)).fetchall():
                room_id, *told = connection.execute(_IN_JOURNAL, (key,)).fetchall()[0]
                if archived.get(str(room_id)) == tuple(told):
                    keys.append(int(key))  # type: ignore[arg-type]  # an integer key
                    events += int(told[0])  # type: ignore[arg-type]  # a count
                else:
                    unproved += 1
    except (apsw.Error, UnusableFile) as error:
        raise PruneError(f"{data / JOURNAL} cannot be read: {error}") from error
    return Prunable(tuple(keys), events, unproved, manifest.last_seq)


def prune(data: Path, found: Prunable, progress: Progress, *, gives_back: bool) -> None:
    """Take those rooms out of the journal, which nobody else has open. A run that is cut off has taken out
    whole rooms; the next one goes on.

    `gives_back`: make the file smaller, which rewrites all of it. Raises `PruneError`.
    """
    try:
        connection = connect(data / JOURNAL)
        with closing(connection):
            connection.pragma("synchronous", "full")
            for number, part in enumerate(_parts(found.keys)):
                marks = ",".join("?" * len(part))
                with connection:
                    for table, column in (("snapshots", "room"), ("events", "room"), ("rooms", "key")):
                        connection.execute(f"DELETE FROM {table} WHERE {column} IN ({marks})", part)  # noqa: S608
                progress(min(len(found.keys), (number + 1) * ROOMS_AT_ONCE), len(found.keys))
            if gives_back:
                connection.execute("VACUUM")
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except (apsw.Error, UnusableFile) as error:
        raise PruneError(f"{data / JOURNAL} cannot be written: {error}") from error


def _parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), ROOMS_AT_ONCE):
        yield keys[start : start + ROOMS_AT_ONCE]


def _proved(archive: Path) -> _Manifest:
    """The manifest, once every file is what it says."""
    path = archive / "manifest.json"
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=_Manifest)
    except FileNotFoundError:
        raise PruneError(f"there is no archive at {archive}: the ETL writes it; kibitz etl --once.") from None
    except (OSError, msgspec.DecodeError) as error:
        raise PruneError(f"{path} cannot be read: {error}.") from None
    if manifest.format != FORMAT:
        raise PruneError(f"{path} is of the form {manifest.format}, made by a newer version.")
    for segment in manifest.segments:
        for part in (segment.events, segment.rooms):
            try:
                size, found = (archive / part.name).stat().st_size, sha256_of(archive / part.name)
            except OSError as error:
                raise PruneError(f"{archive / part.name} is missing: {error.strerror}.") from None
            if (size, found) != (part.bytes, part.sha256):
                raise PruneError(f"{archive / part.name} is damaged: restore it from a backup.")
    return manifest


def _rooms_of(archive: Path, manifest: _Manifest) -> dict[str, tuple[Any, ...]]:
    try:
        import duckdb
    except ImportError:
        raise PruneError("the archive is read by DuckDB: pip install 'kibitz[analytics]'.") from None
    if not manifest.segments:
        return {}
    events = [str(archive / segment.events.name) for segment in manifest.segments]
    rooms = [str(archive / segment.rooms.name) for segment in manifest.segments]
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            found = connection.execute(_IN_ARCHIVE, [events, rooms]).fetchall()
    except duckdb.Error as error:
        raise PruneError(f"the archive in {archive} cannot be read: {error}") from error
    return {room_id: tuple(told) for room_id, *told in found}


def _refuse_what_is_not_counted(data: Path, last_seq: int) -> None:
    """The ratings are counted from the journal, and never from the archive."""
    path = data / RATINGS
    if not path.is_file():
        return
    try:
        with closing(connect(path, read_only=True)) as connection:
            rows = connection.execute("SELECT watermark FROM progress").fetchall()
    except (apsw.Error, UnusableFile) as error:
        raise PruneError(f"{path} cannot be read: {error}") from error
    counted = int(rows[0][0]) if rows else 0  # type: ignore[arg-type]  # a position
    if counted < last_seq:
        raise PruneError(
            f"the ratings are counted up to the event {counted:,} only, the archive goes to {last_seq:,}: "
            "kibitz ratings rebuild, or start the server once."
        )
