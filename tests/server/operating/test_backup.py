"""A backup beside whoever writes: of one instant, verified, and there as a whole or not at all."""

import fcntl
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kibitz.operating.backup import PAGES_AT_ONCE, BackupError, back_up, drop_old
from kibitz.operating.manifest import verified
from kibitz.sqlite_file import connect

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def quiet(name: str, done: int, total: int) -> None:
    """Nobody looks on."""


def count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return found


def test_it_holds_every_row_and_says_so(data: Path, tmp_path: Path) -> None:
    (data / "archive" / "days").mkdir(parents=True)
    (data / "archive" / "days" / "one.parquet").write_bytes(b"PAR1")
    (data / "archive" / ".half.parquet").write_bytes(b"PA")
    manifest = back_up(data, tmp_path / "copy", NOW, quiet)
    assert verified(tmp_path / "copy") == manifest
    assert {file.name for file in manifest.files} == {
        "journal.sqlite",
        "accounts.sqlite",
        "telemetry.sqlite",
        "DEMO",
        "archive/days/one.parquet",
    }
    assert manifest.events == count(data / "journal.sqlite", "events")
    assert manifest.rooms == count(tmp_path / "copy" / "journal.sqlite", "rooms")
    assert count(tmp_path / "copy" / "accounts.sqlite", "players") == count(
        data / "accounts.sqlite", "players"
    )
    assert not list((tmp_path / "copy").glob("*-wal"))


def put_report(data: Path, name: str, text: str) -> Path:
    folder = data / "reports" / "trend" / name
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(text)
    (folder / "report.html").write_text(text)
    (data / "reports" / ".lock").touch()
    return folder


def test_reports_go_along_as_a_whole(data: Path, tmp_path: Path) -> None:
    put_report(data, "2026-11-20", "of a day")
    put_report(data, ".2026-11-21.tmp", "half")
    manifest = back_up(data, tmp_path / "copy", NOW, quiet)
    assert verified(tmp_path / "copy") == manifest
    reports = [file.name for file in manifest.files if file.name.startswith("reports")]
    assert reports == [f"reports/trend/2026-11-20/{name}" for name in ("manifest.json", "report.html")]


def test_a_report_that_is_dropped_meanwhile_is_not_in_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = put_report(data, "2026-10-01", "old")
    put_report(data, "2026-11-20", "of a day")
    copyfile = shutil.copyfile

    def copy(source: Path, target: Path) -> Path:
        if source == old / "report.html":
            shutil.rmtree(old)
        return copyfile(source, target)

    monkeypatch.setattr(shutil, "copyfile", copy)
    back_up(data, tmp_path / "copy", NOW, quiet)
    assert verified(tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy" / "reports" / "trend").iterdir()] == ["2026-11-20"]


def test_a_report_that_is_being_made_is_waited_for(data: Path, tmp_path: Path) -> None:
    old = put_report(data, "2026-11-20", "before")
    with (data / "reports" / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        backup = threading.Thread(target=back_up, args=(data, tmp_path / "copy", NOW, quiet))
        backup.start()
        while not (tmp_path / "copy.partial" / "telemetry.sqlite").exists():
            time.sleep(0.01)
        for path in old.iterdir():
            path.write_text("after")
    backup.join(20)
    copies = (tmp_path / "copy" / "reports" / "trend" / "2026-11-20").iterdir()
    assert {path.read_text() for path in copies} == {"after"}


def test_it_is_of_one_instant_while_the_server_writes(data: Path, tmp_path: Path) -> None:
    before = count(data / "journal.sqlite", "events")
    writer = connect(data / "journal.sqlite")
    written = 0

    def write(name: str, done: int, total: int) -> None:
        nonlocal written
        if name != "journal.sqlite":
            return
        written += 1
        with writer:
            writer.execute(
                "INSERT INTO events (room, version, epoch, at_us, kind, args, handled_us, schema_version)"
                " VALUES (900000, ?, 'e', 0, 'created', '{}', 0, 1)",
                (written,),
            )

    manifest = back_up(data, tmp_path / "copy", NOW, write)
    writer.close()
    assert written >= count(data / "journal.sqlite", "events") - before > 0
    assert manifest.events == before == count(tmp_path / "copy" / "journal.sqlite", "events")


def test_many_steps_with_a_commit_between_each(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert PAGES_AT_ONCE > 1
    monkeypatch.setattr("kibitz.operating.backup.PAGES_AT_ONCE", 40)
    test_it_is_of_one_instant_while_the_server_writes(data, tmp_path)


def remove_journal(data: Path) -> None:
    (data / "journal.sqlite").unlink()


def remove_accounts(data: Path) -> None:
    (data / "accounts.sqlite").unlink()


def spoil_a_page(data: Path) -> None:
    path = data / "journal.sqlite"
    content = bytearray(path.read_bytes())
    content[8_192:8_292] = bytes(100)
    path.write_bytes(content)


def open_a_gap(data: Path) -> None:
    with closing(sqlite3.connect(data / "journal.sqlite")) as connection, connection:
        connection.execute("DELETE FROM events WHERE version = 3 AND room = 5")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (remove_journal, "there is no journal"),
        (remove_accounts, r"accounts\.sqlite is missing"),
        (spoil_a_page, "journal.sqlite"),
        (open_a_gap, "1 rooms of the journal lack a version"),
    ],
)
def test_what_cannot_be_proved_is_no_backup(
    data: Path, tmp_path: Path, harm: Callable[[Path], None], told: str
) -> None:
    harm(data)
    with pytest.raises(BackupError, match=told):
        back_up(data, tmp_path / "copy", NOW, quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_folder_that_is_there_stays_as_it_is(data: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    with pytest.raises(BackupError, match="is there already"):
        back_up(data, tmp_path / "copy", NOW, quiet)
    assert not list((tmp_path / "copy").iterdir())


def test_a_disk_that_is_too_small(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(BackupError, match=r"GB free and the backup needs"):
        back_up(data, tmp_path / "copy", NOW, quiet)
    assert not (tmp_path / "copy").exists()


def test_only_the_newest_are_kept_and_nothing_else_is_touched(data: Path, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    for hours, name in enumerate(("before-upgrade", "1", "2")):  # newer is what was made later
        back_up(data, backups / name, NOW + timedelta(hours=hours), quiet)
    (backups / "notes").mkdir()
    (backups / "strange").mkdir()
    (backups / "strange" / "manifest.json").write_text("{}")
    assert drop_old(backups, 2) == [backups / "before-upgrade"]
    assert sorted(path.name for path in backups.iterdir()) == ["1", "2", "notes", "strange"]
    assert drop_old(backups, 5) == []


def test_a_day_that_is_archived_meanwhile_is_whole_or_not_in_it(data: Path, tmp_path: Path) -> None:
    archive = data / "archive"
    (archive / "2026").mkdir(parents=True)
    (archive / "2026" / "one.parquet").write_bytes(b"PAR1")
    (archive / "manifest.json").write_text("one")

    def archive_a_day(path: Path, copy: Path) -> None:
        if path.is_relative_to(archive):
            (archive / "2026" / "two.parquet").write_bytes(b"PAR1")
            (archive / "manifest.json").write_text("one two")
        copied(path, copy)

    copied = shutil.copyfile
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "copyfile", archive_a_day)
        back_up(data, tmp_path / "copy", NOW, quiet)
    for named in (tmp_path / "copy" / "archive" / "manifest.json").read_text().split():
        assert (tmp_path / "copy" / "archive" / "2026" / f"{named}.parquet").exists()


@pytest.mark.faults
def test_killed_at_any_moment_it_is_whole_or_not_there(data: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kibitz", "backup", "--data", str(data)]
    seen = set()
    began = time.monotonic()
    subprocess.run([*command, str(tmp_path / "whole")], check=True, capture_output=True)
    took = time.monotonic() - began
    for number in range(8):
        target = tmp_path / f"copy{number}"
        process = subprocess.Popen([*command, str(target)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            process.communicate(timeout=took * (0.3 + 0.1 * number))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        seen.add(target.exists())
        if target.exists():
            verified(target)
        else:
            subprocess.run([*command, str(target)], check=True, capture_output=True)
            verified(target)
        assert not target.with_name(target.name + ".partial").exists()
    assert False in seen
