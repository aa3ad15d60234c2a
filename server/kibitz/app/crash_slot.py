"""What survives a crash: which call of game code was going on, and what followed from earlier ones.

`slot` is mapped into memory, so a note in it costs no system call and outlives the process (not the
machine: after a loss of power nobody is to blame). `crash.txt` holds what Python and the watchdog have
to say about a process that a fatal signal or the watchdog ended: where there is something in it, the
game is proven guilty. `quarantine.json` is the list that follows, replaced whole.
"""

import logging
import mmap
import os
from pathlib import Path
from typing import BinaryIO

from kibitz.clock import Clock
from kibitz.rooms.guard.guard import SLOT_BYTES, left_behind
from kibitz.rooms.guard.quarantine import Quarantine, Reported

log = logging.getLogger(__name__)

SLOT, CRASH, QUARANTINE = "slot", "crash.txt", "quarantine.json"
TRACE_SHOWN_MOST = 4_000


class CrashSlot:
    """Opened at start, before any game code runs. Raises `OSError`."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self.crash_path = data / CRASH
        self._list_path = data / QUARANTINE
        self._file = _opened(data / SLOT)
        self._file.truncate(SLOT_BYTES)
        self.memory = mmap.mmap(self._file.fileno(), SLOT_BYTES)
        self.quarantine = Quarantine(_read(self._list_path), self._save)
        self.reported = self._look_back(clock.now_us())

    def _look_back(self, now_us: int) -> Reported | None:
        call = left_behind(self.memory)
        self.memory[0] = 0
        trace = _read(self.crash_path).decode("utf-8", "replace")
        self.crash_path.unlink(missing_ok=True)
        if trace:
            log.error("the server crashed before", extra={"crash": trace[:TRACE_SHOWN_MOST]})
        if call is None:
            return None
        report = self.quarantine.died(
            call, now_us, is_proven=bool(trace), error=trace.partition("\n")[0][:200]
        )
        told = {
            "room_id": call.room_id,
            "doing": str(call.doing),
            "player": call.player,
            "action_id": call.action_id,
            "action": call.name,
        }
        if report is None:
            log.warning("the server was killed in a game; it is tried once more", extra=told)
        else:
            log.error("a game ended the server; what it did is not tried again", extra=told)
        return report

    def _save(self, content: bytes) -> None:
        """Losing the list costs another crash, so a full disk ends nothing."""
        beside = self._list_path.with_suffix(".new")
        try:
            with _opened(beside) as file:
                file.truncate(0)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._list_path)
        except OSError as error:
            log.error("the quarantine could not be saved", extra={"problem": str(error)})

    def close(self) -> None:
        self.memory.close()
        self._file.close()


def _opened(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
