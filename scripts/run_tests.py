"""Runs the test suite in two passes: what can share the machine in parallel, then what cannot.

Tests that drive browsers, kill processes or time the wire disturb each other, so they run alone,
after the rest. `--full` also runs the tests marked `full`. Other arguments go to pytest as they are,
in a single pass.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALONE = "browser or faults or clients"


def pytest(*args: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *args], cwd=ROOT, check=False).returncode


def main(args: list[str]) -> int:
    full = "--full" in args
    rest = [arg for arg in args if arg != "--full"]
    if rest:
        return pytest(*rest) if full else pytest("-m", "not full", *rest)
    print("tests: everything that can run side by side", flush=True)
    together = pytest("-q", "-n", "2", "--dist", "loadfile", "-m", f"not ({ALONE}) and not full")
    print("tests: browsers, official clients and faults, one after the other", flush=True)
    alone = pytest("-q", "-m", f"({ALONE}) and not full")
    status = together or alone
    if full:
        print("tests: the full sizes", flush=True)
        status = pytest("-q", "-s", "-m", "full", "--timeout", "3600") or status
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
