"""Closed days become Parquet, once each and whole; what a killed run leaves is written again."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from kibitz_etl.archive.columns import EVENTS, ROOMS
from kibitz_etl.archive.manifest import BadArchive, Manifest, part_of, read_manifest
from kibitz_etl.archive.writing import archive_next_day
from support.archived_demo import UNTIL, copy_of


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return copy_of(tmp_path / "data")


def archive_all(data: Path, now: datetime = UNTIL) -> Manifest:
    while archive_next_day(data / "journal.sqlite", data / "archive", now).segment is not None:
        pass
    return read_manifest(data / "archive")


def journal(data: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "journal.sqlite")) as connection, connection:
        return connection.execute(sql).fetchall()


def closed_days(data: Path) -> list[str]:
    days = journal(data, "select distinct date(at_us / 1000000, 'unixepoch') from events order by 1")
    return [str(day) for (day,) in days if str(day) < UNTIL.date().isoformat()]


def archived(data: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        connection.execute(f"create view events as from '{data}/archive/events/*.parquet'")
        connection.execute(f"create view rooms as from '{data}/archive/rooms/*.parquet'")
        return connection.execute(sql).fetchall()


def test_every_row_of_every_closed_day_and_nothing_of_today(data: Path) -> None:
    manifest = archive_all(data)
    assert [segment.day for segment in manifest.segments] == closed_days(data)
    columns = ", ".join(EVENTS.names)
    before = f"id <= {manifest.last_seq}"
    assert archived(data, f"select {columns} from events order by id") == journal(
        data, f"select {columns} from events_v1 where {before} order by id"
    )
    columns = ", ".join(ROOMS.names)
    created = f"select room_id from events_v1 where kind = 'created' and {before}"
    assert archived(data, f"select {columns} from rooms order by room_id") == journal(
        data, f"select {columns} from rooms_v1 where room_id in ({created}) order by room_id"
    )
    assert manifest.last_seq < int(str(journal(data, "select max(id) from events_v1")[0][0]))


def test_segments_follow_each_other_and_are_what_the_manifest_says(data: Path) -> None:
    folder, after = data / "archive", 0
    for segment in archive_all(data).segments:
        assert segment.first_seq == after + 1
        after = segment.last_seq
        for part in (segment.events, segment.rooms):
            assert part_of(folder, folder / part.name, part.rows) == part
            assert (folder / part.name).stat().st_mode & 0o077 == 0
            found = pq.read_metadata(folder / part.name)
            assert found.num_rows == part.rows
            assert found.row_group(0).column(0).compression == "ZSTD"
        assert sum(segment.days.values()) == segment.events.rows


def test_a_day_is_closed_an_hour_after_midnight(data: Path) -> None:
    day = UNTIL.replace(hour=0, minute=0, second=0)
    yesterday = (day - timedelta(days=1)).date().isoformat()
    assert archive_all(data, day + timedelta(minutes=59)).segments[-1].day < yesterday
    assert archive_all(data, day + timedelta(minutes=61)).segments[-1].day == yesterday


def test_what_comes_late_or_from_the_future_is_in_the_segment_of_its_position(data: Path) -> None:
    days = len(closed_days(data))
    middle = journal(data, "select max(id) / 2 from events")[0][0]
    journal(data, f"update events set at_us = 4000000000000000 where id = {middle}")
    journal(data, f"update events set at_us = at_us - 5 * 86400000000 where id = {middle} + 1")
    manifest = archive_all(data)
    assert len(manifest.segments) == days
    assert archived(data, "select count(*), count(distinct id), min(id), max(id) from events") == [
        (manifest.last_seq, manifest.last_seq, 1, manifest.last_seq)
    ]
    (segment,) = (each for each in manifest.segments if each.first_seq <= int(str(middle)) <= each.last_seq)
    assert len(segment.days) == 3


def test_a_run_that_was_killed_before_the_manifest_is_done_again(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(folder: Path, manifest: Manifest) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("kibitz_etl.archive.writing.write_manifest", die)
        with pytest.raises(Killed):
            archive_next_day(data / "journal.sqlite", data / "archive", UNTIL)
    assert read_manifest(data / "archive") == Manifest()
    (data / "archive" / "events" / ".half.parquet.tmp").write_bytes(b"PAR1")
    archive_all(data)
    test_segments_follow_each_other_and_are_what_the_manifest_says(data)


def test_the_archive_of_another_journal_is_refused(data: Path) -> None:
    last = archive_all(data).last_seq
    journal(data, f"update events set version = version + 1000 where id = {last}")
    with pytest.raises(BadArchive, match="of another journal"):
        archive_next_day(data / "journal.sqlite", data / "archive", UNTIL + timedelta(days=2))


def test_without_a_journal_or_its_rooms_nothing_is_written(data: Path, tmp_path: Path) -> None:
    assert archive_next_day(tmp_path / "none.sqlite", data / "archive", UNTIL).segment is None
    journal(data, "drop view rooms_v1")
    assert archive_next_day(data / "journal.sqlite", data / "archive", UNTIL).segment is None
    assert not (data / "archive").exists()
