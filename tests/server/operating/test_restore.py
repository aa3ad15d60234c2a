"""A backup put back: verified, as a whole, with new epochs; cut off anywhere, it can be finished."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from kibitz.app.datadir import DataDir, StartError
from kibitz.games.registry import load_games
from kibitz.operating.backup import back_up
from kibitz.operating.locks import etl_kept_out
from kibitz.operating.manifest import BadBackup, described
from kibitz.operating.restore import RestoreError, finish, is_interrupted, restore
from kibitz.replay.folded import fold_of
from kibitz.replay.source import read
from kibitz.replay.verify import verify

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    with closing(sqlite3.connect(data / "accounts.sqlite")) as connection, connection:
        connection.execute("INSERT INTO links VALUES (x'00', 1, 2)")
    with closing(sqlite3.connect(data / "journal.sqlite")) as connection, connection:
        # Open rooms of every kind: nobody came yet, in the middle of a match, between matches.
        connection.execute("DELETE FROM events WHERE room % 3 = 0 AND version > 2 + room % 20")
    back_up(data, tmp_path / "backup", NOW, lambda name, done, total: None)
    return tmp_path / "backup"


def rows(data: Path, sql: str, file: str = "journal.sqlite") -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / file)) as connection:
        return connection.execute(sql).fetchall()


OPEN = "SELECT room_id FROM rooms WHERE key NOT IN (SELECT room FROM events WHERE kind = 'closed')"


def test_every_open_room_begins_a_new_epoch_and_folds(data: Path, backup: Path, tmp_path: Path) -> None:
    target = tmp_path / "new"
    manifest, reopened = restore(backup, target, NOW, replaces=False)
    rooms = [str(found) for (found,) in rows(target, OPEN)]
    assert len(rooms) == reopened > 10
    games = load_games([]).games
    for room_id in rooms:
        before, after = read(data, room_id), read(target, room_id)
        assert after.events[:-1] == before.events
        assert after.events[-1].kind == "reopened"
        assert after.events[-1].epoch != before.events[-1].epoch
        verify(after, fold_of(after.record, games[after.record.game]))
    assert (
        len({str(epoch) for (epoch,) in rows(target, "SELECT epoch FROM events WHERE kind = 'reopened'")})
        == reopened
    )
    assert len(rows(target, "SELECT 1 FROM events")) == manifest.events + reopened
    assert rows(target, "SELECT 1 FROM links", "accounts.sqlite") == []
    assert not list(target.glob("*partial*"))
    DataDir(target).release()


def test_what_was_there_goes_aside_with_its_logs_and_its_warehouse(data: Path, backup: Path) -> None:
    (data / "warehouse").mkdir()
    (data / "warehouse" / "current.json").write_text("{}")
    (data / "journal.sqlite-wal").write_bytes(b"of the old journal")
    with pytest.raises(RestoreError, match="in use already"):
        restore(backup, data, NOW, replaces=False)
    restore(backup, data, NOW, replaces=True)
    aside = data / "replaced-20261125-120000"
    assert (aside / "journal.sqlite-wal").read_bytes() == b"of the old journal"
    assert (aside / "warehouse" / "current.json").exists()
    assert not (data / "warehouse").exists()
    assert not (data / "journal.sqlite-wal").exists()


def test_reports_are_those_of_the_history_that_is_back(data: Path, tmp_path: Path) -> None:
    trend = data / "reports" / "trend"
    (trend / "2026-11-20").mkdir(parents=True)
    (trend / "2026-11-20" / "report.html").write_text("before")
    back_up(data, tmp_path / "backup", NOW, lambda name, done, total: None)
    (trend / "2026-11-20" / "report.html").write_text("made again since")
    (trend / "2026-11-24").mkdir()
    (trend / "2026-11-24" / "report.html").write_text("of moves that are gone")
    restore(tmp_path / "backup", data, NOW, replaces=True)
    assert [path.name for path in trend.iterdir()] == ["2026-11-20"]
    assert (trend / "2026-11-20" / "report.html").read_text() == "before"
    aside = data / "replaced-20261125-120000" / "reports" / "trend"
    assert sorted(path.name for path in aside.iterdir()) == ["2026-11-20", "2026-11-24"]


def test_a_backup_without_reports_leaves_none(data: Path, backup: Path) -> None:
    (data / "reports" / "trend" / "2026-11-24").mkdir(parents=True)
    restore(backup, data, NOW, replaces=True)
    assert not (data / "reports").exists()
    assert (data / "replaced-20261125-120000" / "reports" / "trend" / "2026-11-24").is_dir()


def test_nothing_that_goes_aside_is_lost(data: Path, backup: Path) -> None:
    for number in range(2):  # within one second
        (data / "cache.sqlite").write_text(f"answers {number}")
        (data / "DEMO").write_text(f"demo {number}")
        restore(backup, data, NOW, replaces=True)
        assert not (data / "cache.sqlite").exists()  # it tells of moves that are gone
    aside = sorted(data.glob("replaced-20261125-120000*"))
    assert [(each / "DEMO").read_text() for each in aside] == ["demo 0", "demo 1"]
    assert all((each / "journal.sqlite").exists() for each in aside)


def test_what_others_wrote_after_it_was_cut_off_goes_aside_too(
    data: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "archive").mkdir()
    (data / "archive" / "manifest.json").write_text("old")
    shutil.copytree(data / "archive", backup / "archive")
    add_to_manifest(backup, "archive/manifest.json")
    (data / "warehouse").mkdir()
    (data / "warehouse" / "current.json").write_text("old")
    replace = os.replace

    def cut_off(source: Path, target: Path) -> None:
        if Path(source).parent.name == ".restore-partial":
            raise OSError("no power")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", cut_off)
        with pytest.raises(OSError, match="no power"):
            restore(backup, data, NOW, replaces=True)
    for name in ("archive", "warehouse"):  # by an ETL, which knows nothing of it
        (data / name).mkdir()
        (data / name / "new").write_text("")
    finish(data)
    assert not (data / "warehouse").exists()
    assert (data / "archive" / "manifest.json").read_text() == "old"
    assert not (data / "archive" / "new").exists()


def test_cut_off_while_it_says_that_all_is_there_it_had_not_begun(
    data: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bytes = Path.write_bytes

    def cut_off(path: Path, content: bytes) -> int:
        write_bytes(path, content[:5])
        raise OSError("no power")

    before = (data / "journal.sqlite").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", cut_off)
        with pytest.raises(OSError, match="no power"):
            restore(backup, data, NOW, replaces=True)
    assert not is_interrupted(data)
    assert (data / "journal.sqlite").read_bytes() == before
    DataDir(data).release()
    restore(backup, data, NOW, replaces=True)


def add_to_manifest(backup: Path, name: str) -> None:
    told = json.loads((backup / "manifest.json").read_bytes())
    told["files"].append(msgspec.to_builtins(described(backup, backup / name)))
    (backup / "manifest.json").write_text(json.dumps(told))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def reach_out(path: Path) -> None:
    told = json.loads(path.read_bytes())
    told["files"][0]["name"] = "../data/journal.sqlite"
    path.write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("name", "harm", "told"),
    [
        ("journal.sqlite", flip, "is damaged"),
        ("telemetry.sqlite", flip, "is damaged"),
        ("accounts.sqlite", Path.unlink, "is missing"),
        ("manifest.json", Path.unlink, "is no backup"),
        ("manifest.json", lambda path: path.write_text("{"), "cannot be read"),
        ("manifest.json", reach_out, "outside of the backup"),
    ],
)
def test_a_backup_that_is_not_what_it_was(
    backup: Path, tmp_path: Path, name: str, harm: Callable[[Path], object], told: str
) -> None:
    harm(backup / name)
    target = tmp_path / "new"
    with pytest.raises(BadBackup, match=told):
        restore(backup, target, NOW, replaces=False)
    assert not target.exists()


def test_an_etl_is_kept_out_and_named(data: Path) -> None:
    with etl_kept_out(data), pytest.raises(StartError, match="An ETL"), etl_kept_out(data):
        pass


class Cut(BaseException):
    """Stands for the end of the process."""


@pytest.mark.faults
def test_cut_off_before_any_rename_it_is_finished_or_had_not_begun(
    data: Path, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "warehouse").mkdir()
    (data / "archive").mkdir()
    untouched = tmp_path / "untouched"
    shutil.copytree(data, untouched)
    replace, number, finished = os.replace, 0, 0
    while True:
        shutil.rmtree(data)
        shutil.copytree(untouched, data)
        left = number

        def cut(source: Path, target: Path) -> None:
            nonlocal left
            if left == 0:
                raise Cut
            left -= 1
            replace(source, target)

        monkeypatch.setattr(os, "replace", cut)
        try:
            restore(backup, data, NOW, replaces=True)
        except Cut:
            monkeypatch.setattr(os, "replace", replace)
            assert is_interrupted(data)
            with pytest.raises(StartError, match="was cut off"):
                DataDir(data)
            finish(data)
            finished += 1
        else:
            break
        assert not is_interrupted(data)
        assert len(rows(data, "SELECT 1 FROM events WHERE kind = 'reopened'")) == len(rows(data, OPEN))
        aside = {path.name for path in (data / "replaced-20261125-120000").iterdir()}
        assert {name for name in aside if not name.endswith(("-wal", "-shm"))} == {
            "DEMO",
            "accounts.sqlite",
            "archive",
            "journal.sqlite",
            "telemetry.sqlite",
            "warehouse",
        }
        DataDir(data).release()
        number += 1
    assert finished > 8


@pytest.mark.faults
def test_killed_at_any_moment_the_old_or_the_new_is_there_or_can_be(
    data: Path, backup: Path, tmp_path: Path
) -> None:
    untouched = tmp_path / "untouched"
    shutil.copytree(data, untouched)
    command = [sys.executable, "-m", "kibitz", "restore", "--data", str(data)]
    began = time.monotonic()
    subprocess.run([*command, str(backup), "--replace"], check=True, capture_output=True)
    took = time.monotonic() - began
    old = len(rows(untouched, "SELECT 1 FROM events"))
    for number in range(8):
        shutil.rmtree(data)
        shutil.copytree(untouched, data)
        process = subprocess.Popen(
            [*command, str(backup), "--replace"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            process.communicate(timeout=took * (0.35 + 0.08 * number))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        if is_interrupted(data):
            subprocess.run(command, check=True, capture_output=True)
        reopened = len(rows(data, "SELECT 1 FROM events WHERE kind = 'reopened'"))
        assert reopened in (0, len(rows(data, OPEN)))
        assert len(rows(data, "SELECT 1 FROM events")) == old + reopened
        assert rows(data, "PRAGMA integrity_check") == [("ok",)]
        DataDir(data).release()
