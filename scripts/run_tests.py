"""Runs the test suite in two passes: what shares the machine, and what has to be alone on it.

Tests that kill processes or drive browsers mostly wait, each for processes of its own, so two at a time go
well beside each other; tests/conftest.py lets the long ones begin. What measures how others fare (mark
`alone`) goes one after the other. `--full` also runs the tests marked `full`. Other arguments go to pytest as
they are, in a single pass.

What runs side by side keeps its files in memory where there is enough: no test sees whether a disk is slow,
but thousands of databases that wait for one take a third of the time. Faults of disks are injected.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BY_TWO = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a name of its own is made in it
BYTES_MIN = 16 * 1024**3
"""Free, or the files go where they always go. They stay until the end, some 10 GB: a folder that is cleared
earlier comes again under the same name, and what was remembered by a path is then of another test."""


def pytest(*args: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *args], cwd=ROOT, check=False).returncode


@contextmanager
def files_in_memory() -> Iterator[tuple[str, ...]]:
    """Options that put the tests' files there; none where there is no room for them."""
    if not has_room():
        yield ()
        return
    with tempfile.TemporaryDirectory(dir=IN_MEMORY, prefix="kibitz-tests-") as folder:
        yield "--basetemp", f"{folder}/tests"


def has_room() -> bool:
    """And programs that lie there may be run."""
    if not os.access(IN_MEMORY, os.W_OK) or os.statvfs(IN_MEMORY).f_flag & os.ST_NOEXEC:
        return False
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    available = int(lines["MemAvailable"].split()[0]) * 1024
    return min(shutil.disk_usage(IN_MEMORY).free, available) >= BYTES_MIN


def main(args: list[str]) -> int:
    full = "--full" in args
    rest = [arg for arg in args if arg != "--full"]
    if rest:
        return pytest(*rest) if full else pytest("-m", "not full", *rest)
    passes: list[tuple[str, tuple[str, ...]]] = [
        ("everything that can run side by side", (*BY_TWO, "-m", "not alone and not full")),
        ("what has to be alone", ("tests/faults", "-m", "alone and not full")),
    ]
    if full:
        passes.append(("the full sizes", ("-s", "-m", "full", "--timeout", "3600")))
    status = 0
    for words, options in passes:
        print(f"tests: {words}", flush=True)
        began = time.monotonic()
        with files_in_memory() as where:
            status = pytest("-q", *options, *(where if "-n" in options else ())) or status
        print(f"tests: {words}: {time.monotonic() - began:.0f} s", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
