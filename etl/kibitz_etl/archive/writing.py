"""Writes what closed days of the journal hold, a segment at a time.

A day is closed an hour after midnight, UTC. Its segment ends before the first event of a later day, so that
segments follow each other by position, which is the order of commits, and no event is left out or there
twice, whatever the server's clock did. A segment counts once the manifest names it; before, its files may
lie around, and are written again.
"""

import os
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from adbc_driver_manager import Error as AdbcError
from adbc_driver_sqlite import StatementOptions, dbapi

from kibitz_etl.archive.columns import EVENTS, ROOMS, restored, selected
from kibitz_etl.archive.manifest import (
    BadArchive,
    Manifest,
    Part,
    Segment,
    part_of,
    read_manifest,
    sync,
    write_manifest,
)
from kibitz_etl.errors import SourceUnreadable

CLOSED_AFTER = timedelta(hours=1)
BATCH_ROWS = 50_000
_DAY_US = 86_400_000_000
_BEGINNING = date(1970, 1, 1)

# ruff: noqa: S608  # the columns are constants
_EVENTS = f"select {selected(EVENTS)} from events_v1 where id > ? and id <= ? order by id limit ?"
_ROOMS = f"""
    select {selected(ROOMS)} from rooms_v1
    where room_id in (select room_id from events_v1 where id >= ? and id <= ? and kind = 'created')
    order by created_us, room_id
    """
_FIRST = "select id, cast(at_us as integer) from events_v1 where id > ? order by id limit 1"
_LATER = """
    select id from events_v1 where id > ? and cast(at_us as integer) >= ? and cast(at_us as integer) < ?
    order by id limit 1
    """
_LAST = "select coalesce(max(id), 0) from events_v1"
_AT = "select cast(room_id as text), cast(version as integer) from events_v1 where id = ?"


@dataclass(frozen=True, slots=True)
class Archived:
    """`segment` None: no day is closed that is not archived yet."""

    segment: Segment | None


def archive_next_day(journal: Path, folder: Path, now: datetime) -> Archived:
    """Write the oldest closed day that is not archived; `now` is naive UTC.

    Nothing happens where there is no journal, or it was not opened by a server that publishes its rooms yet.
    Raises `BadArchive` where the archive is of another journal, `SourceUnreadable`, `OSError`.
    """
    if not journal.is_file():
        return Archived(None)
    manifest = read_manifest(folder)
    uri = f"file:{quote(str(journal.resolve()))}?mode=ro"
    try:
        with closing(dbapi.connect(uri)) as connection, closing(connection.cursor()) as cursor:
            cursor.execute("pragma query_only = on")
            found = _Reading(cursor)
            if not found.publishes_rooms():
                return Archived(None)
            _refuse_another_journal(found, manifest, folder)
            bounds = _bounds(found, manifest.last_seq, now)
            if bounds is None:
                return Archived(None)
            day, first_seq, last_seq = bounds
            segment = _Segment(folder, day, first_seq, last_seq).written(found)
    except AdbcError as error:
        raise SourceUnreadable(f"{journal} cannot be read: {error}") from error
    write_manifest(folder, Manifest((*manifest.segments, segment)))
    return Archived(segment)


class _Reading:
    """Short queries on the journal's published views."""

    def __init__(self, cursor: dbapi.Cursor) -> None:
        self._cursor = cursor

    def publishes_rooms(self) -> bool:
        return bool(self.rows("select 1 from sqlite_master where type = 'view' and name = 'rooms_v1'"))

    def rows(self, sql: str, *values: int) -> list[tuple[object, ...]]:
        self._cursor.execute(sql, values)
        return list(self._cursor.fetchall())

    def number(self, sql: str, *values: int) -> int | None:
        rows = self.rows(sql, *values)
        return int(str(rows[0][0])) if rows else None

    def table(self, sql: str, schema: pa.Schema, *values: int) -> pa.Table:
        options = {StatementOptions.BATCH_ROWS.value: str(BATCH_ROWS)}
        self._cursor.adbc_statement.set_options(**options)
        self._cursor.execute(sql, values)
        found = self._cursor.fetch_arrow_table()
        return restored(found, schema) if found.num_rows else schema.empty_table()


def _refuse_another_journal(found: _Reading, manifest: Manifest, folder: Path) -> None:
    if not manifest.segments:
        return
    last = manifest.segments[-1]
    rows = found.rows(_AT, last.last_seq)
    known = (last.last_room_id, last.last_version)
    # Where it was pruned the row is gone, and the positions go on behind it.
    is_other = tuple(rows[0]) != known if rows else (found.number(_LAST) or 0) < last.last_seq
    if is_other:
        raise BadArchive(f"{folder} is the archive of another journal: move it away, and it begins anew.")


def _bounds(found: _Reading, after: int, now: datetime) -> tuple[date, int, int] | None:
    """The next closed day, and its first and last position."""
    now_us = int(now.replace(tzinfo=UTC).timestamp()) * 1_000_000
    closed_us = (now_us - int(CLOSED_AFTER.total_seconds()) * 1_000_000) // _DAY_US * _DAY_US
    first = found.rows(_FIRST, after)
    if not first:
        return None
    seq, at_us = int(str(first[0][0])), int(str(first[0][1]))
    day_us = max(0, at_us) // _DAY_US * _DAY_US
    if day_us >= closed_us:
        return None
    # What claims to be of the time to come does not end a day.
    later = found.number(_LATER, seq, day_us + _DAY_US, now_us + _DAY_US)
    last_seq = (found.number(_LAST) or seq) if later is None else later - 1
    day = _BEGINNING + timedelta(days=day_us // _DAY_US)
    return day, after + 1, last_seq


class _Segment:
    """Being written."""

    def __init__(self, folder: Path, day: date, first_seq: int, last_seq: int) -> None:
        self._folder = folder
        self._day = day
        self._first_seq, self._last_seq = first_seq, last_seq
        self._name = f"{day.isoformat()}_{first_seq:012d}-{last_seq:012d}.parquet"
        self._days: Counter[str] = Counter()
        self._last: tuple[int, str, int] = (0, "", 0)

    def written(self, found: _Reading) -> Segment:
        events = self._events(found)
        rooms = found.table(_ROOMS, ROOMS, self._first_seq, self._last_seq)
        path = self._path("rooms")
        with self._writer(path, ROOMS) as writer:
            writer.write_table(rooms)
        part = self._named(path, rooms.num_rows)
        seq, room_id, version = self._last
        return Segment(
            self._day.isoformat(),
            self._first_seq,
            seq,
            room_id,
            version,
            events,
            part,
            dict(sorted(self._days.items())),
        )

    def _events(self, found: _Reading) -> Part:
        path = self._path("events")
        after, count = self._first_seq - 1, 0
        with self._writer(path, EVENTS) as writer:
            while True:
                batch = found.table(_EVENTS, EVENTS, after, self._last_seq, BATCH_ROWS)
                if not batch.num_rows:
                    break
                writer.write_table(batch)
                count += batch.num_rows
                last = batch.slice(batch.num_rows - 1).select(["id", "room_id", "version"]).to_pylist()[0]
                after = last["id"]
                self._last = (last["id"], last["room_id"], last["version"])
                self._count_days(batch)
        return self._named(path, count)

    def _count_days(self, batch: pa.Table) -> None:
        found = pc.value_counts(pc.divide(batch["at_us"], _DAY_US))
        for each in found.to_pylist():
            # A time that no calendar has is kept as it is, and counted on the first day of all.
            number = each["values"] if 0 <= each["values"] <= 47_846 else 0
            self._days[(_BEGINNING + timedelta(days=number)).isoformat()] += each["counts"]

    def _path(self, kind: str) -> Path:
        folder = self._folder / kind
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / f".{self._name}.tmp"

    def _writer(self, path: Path, schema: pa.Schema) -> pq.ParquetWriter:
        path.unlink(missing_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return pq.ParquetWriter(path, schema, compression="zstd", compression_level=7)

    def _named(self, path: Path, rows: int) -> Part:
        """The file, on the disk and with its name, once it can be read back."""
        if pq.read_metadata(path).num_rows != rows:
            raise OSError(f"{path} does not hold what was written")
        sync(path)
        named = path.with_name(self._name)
        os.replace(path, named)
        sync(named.parent)
        return part_of(self._folder, named, rows)
