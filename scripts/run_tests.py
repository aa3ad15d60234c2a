"""Runs the test suite in two passes: what shares the machine, and what has to be alone on it.

Tests that kill processes or drive browsers mostly wait, each for processes of its own, so two at a time go
well beside each other; tests/conftest.py lets the long ones begin. What measures how others fare (mark
`alone`) goes one after the other. `--full` also runs the tests marked `full`. Other arguments go to pytest as
they are, in a single pass.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BY_TWO = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")


def pytest(*args: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *args], cwd=ROOT, check=False).returncode


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
        status = pytest("-q", *options) or status
        print(f"tests: {words}: {time.monotonic() - began:.0f} s", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
