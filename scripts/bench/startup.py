"""How long a command and a server take from exec: `kibitz --help`, and `kibitz serve` until /healthz answers.

    .venv/bin/python scripts/bench/startup.py [--rounds N] [--rooms N]

The server starts on a new data directory, on one that it made before, and on one with rooms in play. CPU is
that of the process by then: on a busy machine it says more than the clock does.
"""

import argparse
import http.client
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import rooms_seed

ROOT = Path(__file__).resolve().parents[2]
KIBITZ = [sys.executable, "-m", "kibitz"]
HELP_MS, HEALTHZ_MS = 300, 1_000
POLL_S = 0.002

Measured = tuple[float, float]
"""Wall and CPU, in ms."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how long starts take.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rooms", type=int, default=1_000, help="rooms in play in the third directory")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        known, busy = Path(folder) / "known", Path(folder) / "busy"
        serve(known)
        rooms_seed.make(busy / "journal.sqlite", options.rooms, timed=False)
        cases: list[tuple[str, int, Callable[[], Measured]]] = [
            ("kibitz --help", HELP_MS, show_help),
            ("serve, new directory", HEALTHZ_MS, lambda: serve(Path(tempfile.mkdtemp(dir=folder)))),
            ("serve, known directory", HEALTHZ_MS, lambda: serve(known)),
            (f"serve, {options.rooms:,} rooms in play", HEALTHZ_MS, lambda: serve(busy)),
        ]
        taken: dict[str, list[Measured]] = {name: [] for name, _, _ in cases}
        for _ in range(options.rounds):
            for name, _, measure in cases:
                taken[name].append(measure())
    is_late = False
    print(f"{'':<32}{'wall ms':>9}{'best':>7}{'CPU ms':>9}{'goal':>7}")
    for name, goal, _ in cases:
        wall = statistics.median(each[0] for each in taken[name])
        best = min(each[0] for each in taken[name])
        cpu = statistics.median(each[1] for each in taken[name])
        is_late = is_late or wall > goal
        print(f"{name:<32}{wall:>9.0f}{best:>7.0f}{cpu:>9.0f}{goal:>7}")
    return int(is_late)


def show_help() -> Measured:
    before, began = _children_s(), time.perf_counter()
    subprocess.run([*KIBITZ, "--help"], check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=_environment())
    return (time.perf_counter() - began) * 1000, (_children_s() - before) * 1000


def serve(data: Path) -> Measured:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [*KIBITZ, "serve", "--port", str(port), "--data", str(data)]
    began = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=ROOT, env=_environment())
    try:
        while not _is_healthy(port):
            if process.poll() is not None or time.perf_counter() - began > 60:
                sys.exit("the server did not start")
            time.sleep(POLL_S)
        wall_ms = (time.perf_counter() - began) * 1000
        ticks = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return wall_ms, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") * 1000
    finally:
        process.terminate()
        process.wait()


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KIBITZ_")}
    return {**kept, "PYTHONPATH": str(ROOT / "server")}


if __name__ == "__main__":
    sys.exit(main())
