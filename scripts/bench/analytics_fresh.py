"""How long it takes from a commit of the journal to a mart that has it, with a real ETL at its own pace."""

import json
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from analytics_figures import Figure

from kibitz.demo.make import make
from kibitz.demo.plan import Plan
from kibitz.sqlite_file import connect

ROUNDS = 3
GOAL_S = 15
_STARTED_WITHIN_S = 300.0
_AGAIN = """
    INSERT INTO events (room, version, epoch, at_us, kind, args, handled_us, schema_version)
    SELECT room, max(version) + 1, epoch, ?, 'rematch', '{}', 0, 1 FROM events WHERE room = 1 RETURNING id
    """


def run(data: Path, events: int) -> list[Figure]:
    folder = data / "fresh"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    now_us = int(time.time()) * 1_000_000
    make(folder, Plan(1, 1, 100, min(events, 20_000), now_us), lambda what, count: None)
    etl = subprocess.Popen(
        [sys.executable, "-m", "kibitz_etl", "--data", str(folder)], stderr=subprocess.DEVNULL
    )
    waited = []
    try:
        _wait_for(folder, 1)
        for _ in range(ROUNDS):
            with closing(connect(folder / "journal.sqlite")) as connection:
                rows = connection.execute(_AGAIN, (int(time.time() * 1_000_000),)).fetchall()
            began = time.perf_counter()
            _wait_for(folder, int(rows[0][0]))  # type: ignore[arg-type]  # a position
            waited.append(time.perf_counter() - began)
    finally:
        etl.terminate()
        etl.wait()
    return [Figure(f"fresh: commit to mart, slowest of {ROUNDS}", max(waited), "s", GOAL_S, note="wall time")]


def _wait_for(folder: Path, seq: int) -> None:
    deadline = time.perf_counter() + _STARTED_WITHIN_S
    while time.perf_counter() < deadline:
        try:
            found = json.loads((folder / "warehouse" / "current.json").read_text())
        except (OSError, ValueError):
            found = {}
        if found.get("mart") and int(found.get("watermark_seq", 0)) >= seq:
            return
        time.sleep(0.02)
    raise SystemExit("the ETL did not publish in time")
