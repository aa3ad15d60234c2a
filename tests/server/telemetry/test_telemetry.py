"""Records are written behind; neither a full disk nor a full queue nor a killed process hurts anybody."""

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kibitz.ids import Epoch, RoomId, Version
from kibitz.telemetry import telemetry as module
from kibitz.telemetry.file import TelemetryFile
from kibitz.telemetry.records import Incident, IncidentKind, Record, Refusal
from kibitz.telemetry.telemetry import DAY_US, Telemetry
from support.manual_clock import ManualClock
from support.processes import environment

EVER = 1_000_000


def counted(path: Path, table: str) -> int:
    with sqlite3.connect(path) as reading:
        found: int = reading.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return found


def test_what_was_handed_in_is_there_after_closing(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "telemetry.sqlite"
    telemetry = Telemetry.open(path, ManualClock(), keep_days=EVER)
    for record in records:
        telemetry.add(record)
    telemetry.close()
    telemetry.close()
    assert (telemetry.stats.written, telemetry.stats.dropped, telemetry.stats.failed) == (len(records), 0, 0)
    assert counted(path, "conflicts") == counted(path, "incidents") == 1


def test_what_is_too_old_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.sqlite"
    clock = ManualClock()
    file = TelemetryFile(path)
    file.write([Refusal(clock.now_us() - 31 * DAY_US, "old")])
    file.write([Refusal(clock.now_us() - 29 * DAY_US, "new")])
    telemetry = Telemetry(file, clock, keep_days=30)
    telemetry._purge()
    file.close()
    with sqlite3.connect(path) as reading:
        assert reading.execute("SELECT code FROM refusals").fetchall() == [("new",)]


def test_what_cannot_be_stored_at_all_is_dropped_and_the_rest_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "telemetry.sqlite"
    telemetry = Telemetry.open(path, ManualClock(), keep_days=EVER)
    detail = "a game's own words \ud800"  # which are no text
    telemetry.add(
        Incident(1, IncidentKind.GAME_FAULT, RoomId("r"), Version(1), Epoch("e"), None, None, detail)
    )
    deadline = time.monotonic() + 20
    while not telemetry.stats.dropped and time.monotonic() < deadline:
        time.sleep(0.01)
    telemetry.add(Refusal(1, "stale"))
    telemetry.close()
    assert (telemetry.stats.written, telemetry.stats.dropped) == (1, 1)
    assert counted(path, "refusals") == 1
    assert "1 records cannot be stored" in caplog.text


def test_a_full_queue_drops_and_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING_MOST", 10)
    telemetry = Telemetry(TelemetryFile(tmp_path / "telemetry.sqlite"), ManualClock(), keep_days=30)
    for _ in range(25):
        telemetry.add(Refusal(1, "stale"))
    assert telemetry.stats.dropped == 15
    assert telemetry._write()
    assert telemetry.stats.written == 10


def test_a_full_disk_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SQLite says SQLITE_FULL when a file may not grow, as it does when the disk is full."""
    path = tmp_path / "telemetry.sqlite"
    file = TelemetryFile(path)
    pages = file._connection.pragma("page_count")
    file._connection.pragma("max_page_count", pages)
    telemetry = Telemetry(file, ManualClock(), keep_days=30)
    for number in range(3_000):
        telemetry.add(Refusal(1, f"a-code-that-needs-room-{number}"))
    assert not telemetry._write()
    assert not telemetry._write()
    telemetry.add(Refusal(1, "later"))
    assert (telemetry.stats.written, telemetry.stats.failed, telemetry.waiting) == (0, 2, 3_001)
    assert [record.message for record in caplog.records] == ["telemetry cannot be written"]
    file._connection.pragma("max_page_count", 1_000_000)
    assert telemetry._write()
    assert (telemetry.stats.written, telemetry.stats.dropped, telemetry.waiting) == (3_001, 0, 0)
    file.close()
    assert counted(path, "refusals") == 3_001


def test_closing_does_not_wait_for_a_disk_that_stays_full(tmp_path: Path) -> None:
    file = TelemetryFile(tmp_path / "telemetry.sqlite")
    file._connection.pragma("max_page_count", file._connection.pragma("page_count"))
    telemetry = Telemetry(file, ManualClock(), keep_days=30)
    for number in range(3_000):
        telemetry.add(Refusal(1, f"a-code-that-needs-room-{number}"))
    telemetry._thread.start()
    telemetry.close()
    assert not telemetry._thread.is_alive()
    assert telemetry.stats.dropped == 3_000


WRITER = """
import sys, time
from pathlib import Path
from kibitz.clock import SystemClock
from kibitz.telemetry.records import Refusal
from kibitz.telemetry.telemetry import Telemetry
telemetry = Telemetry.open(Path(sys.argv[1]), SystemClock(), keep_days=1_000_000)
number = 0
while True:
    number += 1
    telemetry.add(Refusal(number, f"code-{number}"))
    time.sleep(0.0005)
"""


def test_a_killed_process_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], env=environment())
    try:
        until = time.monotonic() + 30
        while not (path.is_file() and _rows(path)) and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    rows = _rows(path)
    assert rows
    assert [row[0] for row in rows] == [f"code-{number}" for number in range(1, len(rows) + 1)]
    with sqlite3.connect(path) as reading:
        assert reading.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    telemetry = Telemetry.open(path, ManualClock(), keep_days=EVER)
    telemetry.add(Refusal(1, "after"))
    telemetry.close()
    assert telemetry.stats.written == 1


def _rows(path: Path) -> list[tuple[str]]:
    try:
        with sqlite3.connect(path) as reading:
            return reading.execute("SELECT code FROM refusals ORDER BY id").fetchall()
    except sqlite3.OperationalError:  # not there yet
        return []
