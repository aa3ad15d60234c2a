"""The doctor finds what was done to a data directory, says what to do, and changes nothing."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kibitz.app.datadir import RESTORING, DataDir
from kibitz.clock import SystemClock
from kibitz.operating.backup import back_up
from kibitz.operating.doctor import databases
from kibitz.operating.doctor.examination import examine
from kibitz.operating.doctor.findings import Finding, Level, exit_code
from support.manual_clock import ManualClock


def found(data: Path, *, is_quick: bool = False) -> list[Finding]:
    return examine(data, SystemClock(), is_quick=is_quick)


def the(findings: list[Finding], check: str, subject: str = "") -> Finding:
    """The worst finding of that check."""
    return max(
        (each for each in findings if each.check == check and subject in each.subject),
        key=lambda each: each.level,
    )


def sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def spoil(data: Path) -> None:
    path = data / "journal.sqlite"
    content = bytearray(path.read_bytes())
    content[8_192:8_292] = bytes(100)
    path.write_bytes(content)


def open_a_gap(data: Path) -> None:
    sql(data / "journal.sqlite", "DELETE FROM events WHERE version = 3 AND room = 5")


def come_from_the_future(data: Path) -> None:
    sql(
        data / "telemetry.sqlite",
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        " VALUES ('telemetry', '9999_later', '')",
    )


def open_to_everybody(data: Path) -> None:
    (data / "accounts.sqlite").chmod(0o644)


def forget_accounts(data: Path) -> None:
    (data / "accounts.sqlite").unlink()


def crash(data: Path) -> None:
    (data / "crash.txt").write_text("Fatal Python error")


def put_into_quarantine(data: Path) -> None:
    (data / "quarantine.json").write_text('{"rooms": [{}], "acts": [], "suspects": []}')


def cut_a_restore_off(data: Path) -> None:
    (data / RESTORING).mkdir()
    (data / RESTORING / "READY").write_text("{}")


def let_the_log_grow(data: Path) -> None:
    with (data / "journal.sqlite-wal").open("wb") as file:
        file.truncate(databases.LOG_MOST_BYTES + 1)


def fail_in_the_etl(data: Path) -> None:
    (data / "warehouse").mkdir()
    (data / "warehouse" / "current.json").write_text('{"state": "failed", "watermark_seq": 1}')


@pytest.mark.parametrize(
    ("harm", "check", "level", "told", "remedy"),
    [
        (spoil, "integrity", Level.ERROR, "It is damaged", "kibitz restore"),
        (open_a_gap, "gaps", Level.ERROR, "1 rooms lack a version", "kibitz restore"),
        (come_from_the_future, "schema", Level.ERROR, "9999_later", "install that version"),
        (open_to_everybody, "permissions", Level.WARNING, "-rw-r--r--", "chmod 600"),
        (forget_accounts, "missing", Level.WARNING, "is not there", "restore"),
        (crash, "crash", Level.WARNING, "ended by a crash", "start the server"),
        (put_into_quarantine, "quarantine", Level.WARNING, "1 rooms or acts", "release them"),
        (cut_a_restore_off, "restore", Level.ERROR, "was cut off", "kibitz restore --data"),
        (let_the_log_grow, "log", Level.WARNING, "has grown to 134 MB", "fuser"),
        (fail_in_the_etl, "etl", Level.ERROR, "last tick failed", "kibitz etl --once"),
    ],
)
def test_each_harm_is_found_and_answered(
    data: Path, harm: Callable[[Path], None], check: str, level: Level, told: str, remedy: str
) -> None:
    harm(data)
    finding = the(found(data), check)
    assert finding.level is level
    assert told in finding.told
    assert remedy in finding.remedy


def test_a_good_directory_is_well_and_stays_as_it_is(data: Path) -> None:
    data.chmod(0o700)
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.suffix == ".sqlite"}
    for findings in (found(data), found(data, is_quick=True)):
        ours = [
            each for each in findings if each.check not in ("disk", "limits", "versions", "sqlite", "clock")
        ]
        assert {each.level for each in ours} <= {Level.OK, Level.NOTICE}
    assert before == {name: (data / name).read_bytes() for name in before}


def test_who_runs_here(data: Path) -> None:
    holder = DataDir(data)
    try:
        assert f"as process {os.getpid()}" in the(found(data, is_quick=True), "process", "server").told
    finally:
        holder.release()
    assert the(found(data, is_quick=True), "process", "server").told == "No server runs here."


def test_an_older_schema_is_told_before_a_start_brings_it_up(data: Path) -> None:
    sql(data / "journal.sqlite", "DELETE FROM _sqlite_migrations WHERE name = '0003_spectator_delay'")
    finding = the(found(data), "schema")
    assert (finding.level, "0003_spectator_delay" in finding.told) == (Level.NOTICE, True)


def test_a_clock_that_was_set_back(data: Path) -> None:
    sql(
        data / "journal.sqlite",
        f"UPDATE events SET at_us = {4_000_000_000_000_000} WHERE id = (SELECT max(id) FROM events)",
    )
    assert the(found(data), "clock").level is Level.WARNING


def test_a_disk_that_is_nearly_full(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(data)
    for free, level in ((100_000_000, Level.ERROR), (1_000_000_000, Level.WARNING), (10**12, Level.OK)):
        monkeypatch.setattr(shutil, "disk_usage", lambda path, free=free: usage._replace(free=free))
        assert the(found(data, is_quick=True), "disk", str(data)).level is level


def test_the_age_of_the_newest_backup(data: Path) -> None:
    assert the(found(data, is_quick=True), "backup").level is Level.NOTICE
    back_up(data, data / "backups" / "one", datetime.now(UTC), lambda name, done, total: None)
    assert the(found(data, is_quick=True), "backup").level is Level.OK
    later = ManualClock(SystemClock().now_us() + 9 * 86_400_000_000)
    assert the(examine(data, later, is_quick=True), "backup").level is Level.WARNING


def test_the_worst_finding_decides_the_exit_code() -> None:
    def code(*levels: Level) -> int:
        return exit_code([Finding("a", level, "b", "c") for level in levels])

    assert [code(), code(Level.OK, Level.NOTICE), code(Level.NOTICE, Level.WARNING)] == [0, 0, 3]
    assert code(Level.WARNING, Level.ERROR, Level.OK) == 1
