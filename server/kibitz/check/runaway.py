"""Game code that never comes back is ended: an endless loop is a finding, not the end of the check."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

CPU_S_MOST = 10.0


class RanAway(Exception):
    """Raised in the middle of code that used up its time."""

    def __init__(self) -> None:
        super().__init__(f"did not come back within {CPU_S_MOST:.0f} s of CPU time")


@contextmanager
def ended() -> Iterator[None]:
    """Raise `RanAway` within the block when it has used `CPU_S_MOST` seconds of CPU time.

    Works on the main thread of a POSIX process; elsewhere nothing is ended.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGVTALRM"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _end)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_S_MOST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _end(number: int, frame: FrameType | None) -> None:
    raise RanAway
