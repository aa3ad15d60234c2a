"""The process as the system sees it: CPU time, memory, descriptors."""

import os
import resource
import sys
import time
from pathlib import Path

_STATM = Path("/proc/self/statm")
_DESCRIPTORS = Path("/proc/self/fd")


class CpuShare:
    """CPU time between two readings, of all threads."""

    def __init__(self) -> None:
        self._cpu_ns, self._wall_ns = time.process_time_ns(), time.monotonic_ns()

    def percent(self) -> float:
        """Since the last call, or the start; 100 is one core."""
        cpu_ns, wall_ns = time.process_time_ns(), time.monotonic_ns()
        took_ns = wall_ns - self._wall_ns
        share = 100 * (cpu_ns - self._cpu_ns) / took_ns if took_ns > 0 else 0.0
        self._cpu_ns, self._wall_ns = cpu_ns, wall_ns
        return round(share, 2)


def rss_bytes() -> int:
    """Memory that is held; where the system does not tell, the most that ever was."""
    try:
        return int(_STATM.read_text("ascii").split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024


def descriptors() -> int:
    """Open files and sockets; 0 where the system does not tell."""
    try:
        # Newer kernels tell how many there are as the size of the folder; listing takes milliseconds with
        # many connections.
        return os.stat(_DESCRIPTORS).st_size or len(os.listdir(_DESCRIPTORS))
    except OSError:
        return 0
