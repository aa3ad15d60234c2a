"""Runs the test suite in three passes: what shares the machine, what browsers and official clients wait for,
and what has to be alone.

Browsers and clients mostly wait, each for a server of its own, so two at a time go well; tests that kill
processes or measure how others fare go one after the other. `--full` also runs the tests marked `full`.
Other arguments go to pytest as they are, in a single pass.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BY_TWO = "(browser or clients) and not faults"


def pytest(*args: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *args], cwd=ROOT, check=False).returncode


def main(args: list[str]) -> int:
    full = "--full" in args
    rest = [arg for arg in args if arg != "--full"]
    if rest:
        return pytest(*rest) if full else pytest("-m", "not full", *rest)
    passes = (
        ("everything that can run side by side", f"not ({BY_TWO}) and not faults", True),
        ("browsers and official clients", BY_TWO, True),
        ("faults, one after the other", "faults", False),
    )
    status = 0
    for words, which, is_shared in passes:
        print(f"tests: {words}", flush=True)
        shared = ("-n", "2", "--dist", "loadfile") if is_shared else ()
        status = pytest("-q", *shared, "-m", f"({which}) and not full") or status
    if full:
        print("tests: the full sizes", flush=True)
        status = pytest("-q", "-s", "-m", "full", "--timeout", "3600") or status
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
