"""The journal under SIGKILL, full disks and failing syncs, as real processes on a real file.

After every fault the file is opened again and held against what the process was told: each
`settled(None)` is in it, nothing that was refused is, no room has a gap, nothing stands twice.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from support.journal_writer import STATUS_FATAL, STATUS_UNUSABLE
from support.power_loss import STRACE_OPTIONS, images, read_trace, said_by

ROOT = Path(__file__).resolve().parents[2]
WRITER = [sys.executable, "-m", "support.journal_writer"]
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "server"), str(ROOT / "tests")])}

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@dataclass
class Told:
    """What one or more runs of the writer were told."""

    ok: dict[str, tuple[int, int]] = field(default_factory=dict)
    """(room, version) by action."""
    refused: dict[str, str] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    ended: int = 0

    def read(self, lines: Iterable[str]) -> None:
        for line in lines:
            match line.rstrip("\n").split(" "):
                case ["ok", room, version, action]:
                    self.ok[action] = (int(room), int(version))
                case ["no", _, _, action, failure]:
                    self.refused[action] = failure
                case ["end"]:
                    self.ended += 1
                case ["fatal" | "unusable", *words]:
                    self.sentences.append(" ".join(words))
                case ["ready"]:
                    pass
                case _:
                    pytest.fail(f"the writer said {line!r}")


def verify(path: Path, told: Told) -> int:
    """Raise unless the file holds what was told; return how many rows it has."""
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = db.execute("SELECT room, version, action_id FROM events ORDER BY id").fetchall()
    db.close()
    stored = {action: (room, version) for room, version, action in rows}
    assert len(stored) == len(rows), "an action stands twice"
    lost = {action: place for action, place in told.ok.items() if stored.get(action) != place}
    assert not lost, f"acknowledged and not there: {lost}"
    assert not stored.keys() & told.refused.keys(), "refused and there all the same"
    last: dict[int, int] = {}
    for room, version, _ in rows:
        assert version == last.get(room, 0) + 1, f"room {room}: {version} follows {last.get(room)}"
        last[room] = version
    return len(rows)


def spawn(path: Path, *options: str, before: Iterable[str] = ()) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*before, *WRITER, str(path), *options],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(path: Path, told: Told, *options: str, before: Iterable[str] = ()) -> "subprocess.Popen[str]":
    """Run the writer to its end; what it says on stderr fails the test."""
    process = spawn(path, *options, before=before)
    out, err = process.communicate(timeout=120)
    assert err == ""
    told.read(out.splitlines())
    return process


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal that has its schema, so that a counted system call is one of the load."""
    path = tmp_path / "data" / "journal.sqlite"
    told = Told()
    run(path, told, "--acts", "100")
    assert verify(path, told) == 100
    return path


@pytest.fixture
def strace(tmp_path: Path) -> list[str]:
    program = shutil.which("strace")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("strace is missing: install it, CI must not skip this")
        pytest.skip("strace is missing, so no system call can be made to fail")
    return [program, "-f", "-qq", "-o", str(tmp_path / "strace.txt")]


def inject(strace: list[str], call: str, what: str, only: Path | None = None) -> list[str]:
    return [
        *strace,
        *(["-P", str(only)] if only else []),
        "-e",
        f"trace={call}",
        "-e",
        f"inject={call}:{what}",
    ]


def kill_loop(path: Path, kills: int, seed: int) -> None:
    chance = Random(seed)
    told = Told()
    for _ in range(kills):
        process = spawn(path)
        assert process.stdout is not None
        assert process.stderr is not None
        # Counted in results, not in time: the kill falls into the load on a slow machine too.
        heard = [process.stdout.readline() for _ in range(chance.randint(1, 2_000))]
        process.send_signal(signal.SIGKILL)
        # Not `communicate`, which reads past what `readline` left in its buffer.
        lines = [*heard, *process.stdout]
        err = process.stderr.read()
        assert process.wait() == -signal.SIGKILL, err
        process.stdout.close()
        process.stderr.close()
        told.read(line for line in lines if line.endswith("\n"))
        rows = verify(path, told)
    print(f"kills={kills} seed={seed} acked={len(told.ok)} refused={len(told.refused)} rows={rows}", end=" ")
    print("lost=0 dup=0 gap=0")
    assert not told.refused


def test_sigkill_at_random_moments_loses_nothing(path: Path) -> None:
    kill_loop(path, kills=6, seed=random.randrange(2**32))


@pytest.mark.full
def test_sigkill_a_hundred_times_loses_nothing(path: Path) -> None:
    kill_loop(path, kills=100, seed=random.randrange(2**32))


SOME = [1, 3, 40]
MANY = [pytest.param(number, marks=pytest.mark.full) for number in range(4, 60) if number not in SOME]
# The second sync of a run is that of the folder, for the new log; SQLite does not look at its result.


@pytest.mark.parametrize("number", [*SOME, *MANY])
@pytest.mark.parametrize("call", ["fdatasync", "pwrite64"])
def test_sigkill_at_a_system_call_loses_nothing(
    path: Path, strace: list[str], call: str, number: int
) -> None:
    told = Told()
    before = inject(strace, call, f"signal=KILL:when={number}")
    process = run(path, told, "--acts", "2000", before=before)
    assert process.returncode == -signal.SIGKILL
    assert not told.ended
    verify(path, told)
    run(path, told, "--acts", "50")
    verify(path, told)
    assert not told.refused


@pytest.mark.parametrize("number", [*SOME, *MANY])
def test_a_sync_that_fails_ends_the_process_and_acknowledges_nothing(
    path: Path, strace: list[str], number: int
) -> None:
    told = Told()
    process = run(
        path, told, "--acts", "2000", before=inject(strace, "fdatasync", f"error=EIO:when={number}")
    )
    assert process.returncode == STATUS_FATAL
    (sentence,) = told.sentences
    assert (
        sentence == f"{path} could not be written safely (disk I/O error): check the disk, then start again."
    )
    verify(path, told)
    run(path, told, "--acts", "50")
    verify(path, told)
    assert not told.refused


def test_a_checkpoint_whose_sync_fails_ends_the_process(path: Path, strace: list[str]) -> None:
    told = Told()
    before = inject(strace, "fdatasync", "error=EIO:when=1", only=path)
    process = run(path, told, "--acts", "50000", before=before)
    assert process.returncode == STATUS_FATAL
    assert len(told.ok) > 100
    verify(path, told)


@pytest.mark.parametrize("number", [30, 33, *MANY[:20]])
def test_a_full_disk_refuses_clearly_and_recovers_by_itself(
    path: Path, strace: list[str], number: int
) -> None:
    told = Told()
    before = inject(strace, "pwrite64", f"error=ENOSPC:when={number}..{number + 30}")
    process = run(path, told, "--acts", "600", before=before)
    assert told.ended == 1, told.sentences
    assert process.returncode == 0
    assert set(told.refused.values()) == {"unavailable"}
    assert len(told.ok) + len(told.refused) == 600
    assert verify(path, told) == 100 + len(told.ok)


def test_a_disk_that_stays_full_refuses_everything_and_loses_nothing(path: Path, strace: list[str]) -> None:
    told = Told()
    run(path, told, "--acts", "300", before=inject(strace, "pwrite64", "error=ENOSPC:when=60+"))
    assert told.ended == 1
    assert set(told.refused.values()) == {"unavailable"}
    assert len(told.ok) + len(told.refused) == 300
    verify(path, told)


def test_a_checkpoint_on_a_full_disk_harms_no_commit(path: Path, strace: list[str]) -> None:
    told = Told()
    run(path, told, "--acts", "8000", before=inject(strace, "pwrite64", "error=ENOSPC:when=1+", only=path))
    assert told.ended == 1
    assert len(told.ok) == 8000
    verify(path, told)


def power_loss(path: Path, strace: str, acts: int, images_count: int, seed: int) -> None:
    """The whole life of a journal, from its creation to its close, with the power failing anywhere."""
    trace = path.with_name("trace.txt")
    run(path, Told(), "--acts", str(acts), before=[strace, *STRACE_OPTIONS, "-o", str(trace)])
    with trace.open() as lines:
        steps = read_trace(lines)
    ready = next(step.ended for step in steps if step.kind == "said")
    chance = Random(seed)
    acked = 0
    for number in range(images_count):
        instant = chance.randint(ready, steps[-1].ended)
        told = Told()
        told.read(said_by(steps, instant))
        folder = path.parent / f"image-{number}"
        folder.mkdir()
        for file, content in images(steps, instant, chance).items():
            if file in (path.name, f"{path.name}-wal"):
                (folder / file).write_bytes(content)
        verify(folder / path.name, told)
        acked += len(told.ok)
        shutil.rmtree(folder)
    print(f"images={images_count} seed={seed} acked={acked} lost=0 dup=0 gap=0")


def test_the_power_fails_and_nothing_acknowledged_is_lost(tmp_path: Path, strace: list[str]) -> None:
    power_loss(tmp_path / "journal.sqlite", strace[0], 5_000, 40, seed=random.randrange(2**32))


@pytest.mark.full
def test_the_power_fails_a_thousand_times(tmp_path: Path, strace: list[str]) -> None:
    power_loss(tmp_path / "journal.sqlite", strace[0], 12_000, 1_000, seed=random.randrange(2**32))


def test_a_file_that_cannot_be_opened_is_refused_in_a_sentence(path: Path) -> None:
    path.write_bytes(b"this was a journal once" * 100)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    told = Told()
    assert run(path, told).returncode == STATUS_UNUSABLE
    assert told.sentences == [f"{path} is not a SQLite database: move it away, or restore it from a backup."]
