"""Which core runs what, and how much processor time it took.

The server under test has one core to itself and the load generator another, so that neither's work
is charged to the other. Figures are the server's user and system time: on a noisy machine they hold
better than any wall time does.
"""

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE = 0
LOAD_CORE = 1
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def pin_load_generator() -> None:
    """Pin this process. Raises `SystemExit` where there are fewer than two cores."""
    if len(os.sched_getaffinity(0)) < 2:
        raise SystemExit("the benchmarks need two cores: one for the server, one for the load")
    os.sched_setaffinity(0, {LOAD_CORE})


def pin_server() -> None:
    """Run in a server's process before it starts."""
    os.sched_setaffinity(0, {SERVER_CORE})


def raise_file_limit() -> None:
    """As many open sockets as the system allows: a bench holds some thousand."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of those that it started and that still run, with all threads,
    ended ones too."""
    total_s = _own_cpu_seconds(pid)
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            total_s += cpu_seconds(int(child))
    return total_s


def _own_cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


@dataclass(frozen=True)
class Used:
    """What one measured stretch took."""

    server_s: float
    load_s: float
    wall_s: float

    @property
    def load_busy(self) -> float:
        """Share of its core that the load generator used; from 0.9 on it was the bottleneck."""
        return self.load_s / self.wall_s if self.wall_s else 0.0


class Stopwatch:
    """Starts when made."""

    def __init__(self, server_pid: int) -> None:
        self._pid = server_pid
        self._server, self._load, self._wall = cpu_seconds(server_pid), time.process_time(), time.monotonic()

    def stop(self) -> Used:
        return Used(
            cpu_seconds(self._pid) - self._server,
            time.process_time() - self._load,
            time.monotonic() - self._wall,
        )
