"""What the server's parts hand their records to. Handing one in costs an append to a list, and never fails.

One thread writes what has gathered, about once a second. While the disk fails it waits longer and
longer; what comes meanwhile is kept up to a bound, then dropped and counted. A process that is killed
loses what it had not written yet, and nothing else.
"""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import apsw

from kibitz.clock import Clock
from kibitz.telemetry.file import TelemetryFile
from kibitz.telemetry.records import Record

log = logging.getLogger("kibitz.telemetry")

WAITING_MOST = 20_000
WRITTEN_AT_ONCE = 5_000
EVERY_S = 1.0
RETRY_S_MOST = 60.0
CLOSE_S = 2.0
DAY_US = 24 * 60 * 60 * 1_000_000
PURGE_EVERY_US = 60 * 60 * 1_000_000


@dataclass(slots=True)
class TelemetryStats:
    """Since the start: records `written`, `dropped` because too many waited, and `failed` tries to write."""

    written: int = 0
    dropped: int = 0
    failed: int = 0


class Telemetry:
    """Made by `open`; `add` is for the event loop, the rest of the work is its thread's."""

    def __init__(self, file: TelemetryFile, clock: Clock, keep_days: int) -> None:
        self.stats = TelemetryStats()
        self._file = file
        self._clock = clock
        self._keep_us = keep_days * DAY_US
        self._purged_us = 0
        self._waiting: deque[Record] = deque()
        self._batch: list[Record] = []
        self._hurry = threading.Event()
        self._is_closing = False
        # Not waited for at the end of the process: a disk that hangs must not keep a server from ending.
        self._thread = threading.Thread(target=self._run, name="telemetry-write", daemon=True)

    @classmethod
    def open(cls, path: Path, clock: Clock, *, keep_days: int) -> "Telemetry":
        """Blocks while it migrates. Raises `kibitz.sqlite_file.UnusableFile`."""
        telemetry = cls(TelemetryFile(path), clock, keep_days)
        telemetry._thread.start()
        return telemetry

    def add(self, record: Record) -> None:
        """Hand one record in."""
        if len(self._waiting) < WAITING_MOST:
            self._waiting.append(record)
        else:
            self.stats.dropped += 1

    @property
    def waiting(self) -> int:
        """How many records are not written yet."""
        return len(self._batch) + len(self._waiting)

    def close(self) -> None:
        """Write what is waiting, within `CLOSE_S`, and release the file. Blocks. Idempotent."""
        self._is_closing = True
        self._hurry.set()
        self._thread.join(CLOSE_S)

    def _run(self) -> None:
        wait_s = EVERY_S
        while not self._is_closing:
            self._hurry.wait(wait_s)
            is_well = self._write()
            wait_s = EVERY_S if is_well else min(2 * wait_s, RETRY_S_MOST)
            if is_well:
                self._purge()
        self._write()
        self.stats.dropped += self.waiting
        try:
            self._file.close()
        except apsw.Error:
            log.warning("telemetry could not be closed in good order")

    def _write(self) -> bool:
        """Whether the disk took all that was waiting."""
        while True:
            if not self._batch:
                count = min(len(self._waiting), WRITTEN_AT_ONCE)
                self._batch = [self._waiting.popleft() for _ in range(count)]
            if not self._batch:
                return True
            try:
                self._file.write(self._batch)
            except apsw.Error as error:
                if not self.stats.failed:  # said once; the gauge tells how often
                    log.warning("telemetry cannot be written", extra={"problem": str(error)})
                self.stats.failed += 1
                return False
            except Exception:
                self._write_singly()
            else:
                self.stats.written += len(self._batch)
            self._batch = []

    def _write_singly(self) -> None:
        """One of the batch is nothing that can be stored, such as a game's words with half a character in
        them: all but that."""
        lost = 0
        for record in self._batch:
            try:
                self._file.write([record])
            except Exception as error:
                lost += 1
                problem = repr(error)
            else:
                self.stats.written += 1
        if lost:
            self.stats.dropped += lost
            log.error("%d records cannot be stored", lost, extra={"problem": problem})

    def _purge(self) -> None:
        now_us = self._clock.now_us()
        if now_us - self._purged_us < PURGE_EVERY_US:
            return
        self._purged_us = now_us
        try:
            for _ in self._file.purge(now_us - self._keep_us):
                if self._is_closing:
                    return
                time.sleep(0)  # the event loop wants the interpreter, too
        except apsw.Error as error:
            log.warning("old telemetry could not be deleted", extra={"problem": str(error)})
