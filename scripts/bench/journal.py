"""How long a commit takes: from the append to its `settled`, by group size, on a journal of many rows.

    .venv/bin/python scripts/bench/journal.py [--rows 1000000] [--commits 300] [--data DIR]

`idle`: the event loop has nothing else to do. `busy`: it computes without a pause, in slices of 0.2 ms,
as under overload; then a commit competes for the GIL, and its result waits for three turns of the loop.
`commit` is the committing thread's part of it. With `--data` the journal that is
built there is kept, and used again by the next run.
"""

import argparse
import asyncio
import gc
import platform
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

import apsw

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / folder) for folder in ("server", "tests")]

from kibitz.journal.errors import JournalBroken  # noqa: E402
from kibitz.journal.journal import CommitFailure  # noqa: E402
from kibitz.journal.sqlite import SqliteJournal  # noqa: E402
from support.journal_rows import event_record, full_event, room_record  # noqa: E402

GROUPS = (1, 10, 100, 1000)
EVENTS_PER_ROOM = 40
SLICE_S = 0.0002


def fatal(broken: JournalBroken) -> None:
    raise SystemExit(str(broken))


def stored(failure: CommitFailure | None) -> None:
    if failure is not None:
        raise SystemExit(f"an append failed: {failure}")


async def fill(journal: SqliteJournal, rows: int) -> None:
    """Rooms side by side, as live rooms write: the rows of one room lie apart."""
    have = 0
    while have < rows:
        keys = [journal.next_room_key() for _ in range(min(1000, -(-(rows - have) // EVENTS_PER_ROOM)))]
        for key in keys:
            journal.create_room(room_record(key), event_record(key, 1), stored)
        for version in range(2, EVENTS_PER_ROOM + 1):
            for key in keys:
                journal.append(full_event(key, version), stored)
            await journal.flush()
        have += len(keys) * EVENTS_PER_ROOM


def burn(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    until = time.perf_counter() + SLICE_S
    while time.perf_counter() < until:
        pass
    if not stop.is_set():
        loop.call_soon(burn, loop, stop)


async def measure(journal: SqliteJournal, group: int, commits: int) -> list[float]:
    """Milliseconds from the first append of a group to the last `settled` of it."""
    loop = asyncio.get_running_loop()
    keys = [journal.next_room_key() for _ in range(group)]
    for key in keys:
        journal.create_room(room_record(key), event_record(key, 1), stored)
    await journal.flush()
    took = []
    for version in range(2, commits + 2):
        events = [full_event(key, version) for key in keys]
        done = loop.create_future()
        left = count(group - 1, -1)

        def settled(
            failure: CommitFailure | None, left: "count[int]" = left, done: asyncio.Future[None] = done
        ) -> None:
            stored(failure)
            if next(left) == 0:
                done.set_result(None)

        began = time.perf_counter()
        for event in events:
            journal.append(event, settled)
        await done
        took.append((time.perf_counter() - began) * 1e3)
    return took


def figures(took_ms: list[float]) -> str:
    took_ms = sorted(took_ms)
    chosen = [took_ms[int(len(took_ms) * share)] for share in (0.5, 0.9, 0.99)]
    return " ".join(f"{ms:>8.2f}" for ms in (*chosen, took_ms[-1]))


async def run(arguments: argparse.Namespace, data: Path) -> None:
    path = data / "journal.sqlite"
    journal = SqliteJournal.open(path, fatal=fatal)
    began = time.perf_counter()
    if not journal.read_settled(arguments.rows - 1, 1):
        await fill(journal, arguments.rows)
        took = time.perf_counter() - began
        print(f"filled {arguments.rows} rows in {took:.1f} s ({arguments.rows / took:.0f} rows/s)")
    await journal.close()
    gc.collect()
    gc.freeze()
    print("loop   rows | append to settled: p50 p90 p99 max, ms | commit: the same | checkpoints, log in MiB")
    for name in ("idle", "busy"):
        for group in GROUPS:
            commits_us: list[int] = []
            journal = SqliteJournal.open(
                path, fatal=fatal, observe=lambda rows, took_us, to=commits_us: to.append(took_us)
            )
            stop = asyncio.Event()
            if name == "busy":
                burn(asyncio.get_running_loop(), stop)
            took_ms = await measure(journal, group, arguments.commits)
            stop.set()
            commit_ms = [took_us / 1e3 for took_us in commits_us[-arguments.commits :]]
            log_mib = path.with_name(path.name + "-wal").stat().st_size / 2**20
            print(
                f"{name} {group:>6} {figures(took_ms)} | {figures(commit_ms)} | "
                f"{journal.stats.checkpoints:>4} {log_mib:>4.0f}"
            )
            await journal.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--commits", type=int, default=300)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    sys.setswitchinterval(0.0005)
    print(f"python {platform.python_version()}, sqlite {apsw.sqlite_lib_version()}, synchronous=FULL")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(arguments, arguments.data or Path(folder)))


if __name__ == "__main__":
    main()
