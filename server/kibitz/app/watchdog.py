"""Notices that the event loop stands still, and ends game code that does not come back.

A thread looks at the loop's pulse. A loop that is busy for honest reasons is counted and logged, and
left alone. Where a call of game code goes on and on, the loop's thread gets a signal, whose handler
raises `Stuck` in that very call: it runs in the loop's thread, between two steps of the game or in a
system call that it interrupts, so it cannot come too late and hit the server. (An exception sent from
another thread could: it is delivered whenever the thread next looks.) What the signal does not help
against, a game that swallows everything or a call into C, ends the process with exit code 71. Where C
code keeps the interpreter's lock, as arithmetic on huge numbers does, this thread cannot run either. Then
the kernel acts: unless this thread asks for more CPU time, the process first gets a signal that such
arithmetic looks for, and in the end SIGPROF, which kills it.

Time in which the process stood still itself, as a suspended one does, is nobody's.
"""

import asyncio
import faulthandler
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from types import FrameType

from kibitz.rooms.guard.guard import Guard, Stuck

log = logging.getLogger(__name__)

EXIT_STUCK = 71
LOOK_EVERY_MS = 40
NOTICE_MS = 120
"""Unchanged for so long as the thread sees it: on an idle machine at most 80 ms more have passed."""
LOG_EVERY_MS = 10_000
"""So often at most a stall is logged that is no game's: on a crowded machine the whole process waits."""
INTERRUPT_MS = 480
INTERRUPT_AGAIN_MS = 240
GIVE_UP_MS = 4_000
DOUBT_CPU_S, CPU_S = 1.0, 5.0
"""So much CPU time the process may use without a look of this thread, until it is asked and is killed."""
_ASK_AGAIN_CPU_S = 0.25
_SIGNAL = signal.SIGUSR2


class Finding(Enum):
    STALLED = auto()  # the loop stands still; said once
    STUCK = auto()  # a call of game code takes too long; said again and again
    HOPELESS = auto()  # and nothing helps


class Watch:
    """What follows from one look after the other. Pure: instants in microseconds come from outside."""

    def __init__(self) -> None:
        self.stalled_us = 0
        self.inside_us = 0
        self._looked_us: int | None = None
        self._pulse = self._call = -1
        self._is_told = False
        self._interrupted_us = 0

    def look(self, now_us: int, pulse: int, call: int | None) -> Finding | None:
        """`pulse` counts the loop's beats; `call` is the number of the call of game code that goes on."""
        gap_us = 0 if self._looked_us is None else now_us - self._looked_us
        # This thread was late as well: then the whole process was.
        gap_us = min(gap_us, 2 * LOOK_EVERY_MS * 1000)
        self._looked_us = now_us
        stands_still = pulse == self._pulse
        if stands_still:
            self.stalled_us += gap_us
        else:
            self._pulse, self.stalled_us, self._is_told = pulse, 0, False
        # A loop that beats is in no call, whatever a guard says that was left in an unusual way.
        if call is not None and call == self._call and stands_still:
            self.inside_us += gap_us
        else:
            self._call = -1 if call is None else call
            self.inside_us = self._interrupted_us = 0
        return self._finding()

    def _finding(self) -> Finding | None:
        if not self._is_told and self.stalled_us >= NOTICE_MS * 1000:
            self._is_told = True
            return Finding.STALLED
        if self.inside_us >= GIVE_UP_MS * 1000:
            return Finding.HOPELESS
        due_ms = INTERRUPT_AGAIN_MS if self._interrupted_us else INTERRUPT_MS
        if self.inside_us - self._interrupted_us >= due_ms * 1000:
            self._interrupted_us = self.inside_us
            return Finding.STUCK
        return None


class Watchdog:
    """Of the process whose loop runs in the main thread: made and closed there."""

    def __init__(
        self,
        guard: Guard,
        loop: asyncio.AbstractEventLoop,
        crash_path: Path,
        end: Callable[[int], object] = os._exit,
    ) -> None:
        self.stalls = 0
        self.interrupts = 0
        self.longest_stall_ms = 0
        self._guard = guard
        self._loop = loop
        self._end = end
        self._watch = Watch()
        self._pulse = 0
        self._beating: asyncio.TimerHandle | None = None
        self._is_closed = threading.Event()
        self._main = threading.main_thread().ident or 0
        self._stuck_call = -1
        self._logged_us = -LOG_EVERY_MS * 1000
        self._crash = crash_path.open("a")
        faulthandler.enable(self._crash)
        faulthandler.register(signal.SIGPROF, self._crash, all_threads=True, chain=True)
        self._before = {
            signal.SIGVTALRM: signal.signal(signal.SIGVTALRM, self._not_looked),
            _SIGNAL: signal.signal(_SIGNAL, self._interrupt),
        }
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._beat()
        # Here as well: game code may come, and keep the lock, before the thread's first look.
        _arm()
        self._thread.start()

    def close(self) -> None:
        self._is_closed.set()
        self._thread.join()
        if self._beating is not None:
            self._beating.cancel()
        for number, handler in self._before.items():
            signal.signal(number, handler)
        faulthandler.unregister(signal.SIGPROF)
        faulthandler.disable()
        self._crash.close()

    def _beat(self) -> None:
        self._pulse += 1
        self._beating = self._loop.call_later(LOOK_EVERY_MS / 1000, self._beat)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """In the loop's thread, wherever it is. A call that is just leaving has come back."""
        guard = self._guard
        is_leaving = frame is not None and frame.f_code is Guard.leave.__code__
        if guard.inside and guard.entries == self._stuck_call and not is_leaving:
            self.interrupts += 1
            # Once for each finding: a second signal on the heels of the first would hit its way out.
            self._stuck_call = -1
            raise Stuck

    def _not_looked(self, number: int, frame: FrameType | None) -> None:
        """In the loop's thread: the other one could not run for long. Twice in the same call is enough."""
        signal.setitimer(signal.ITIMER_VIRTUAL, _ASK_AGAIN_CPU_S)
        call = self._guard.entries if self._guard.inside else -1
        is_same, self._stuck_call = call == self._stuck_call, call
        if is_same and call >= 0:
            self._interrupt(number, frame)

    # ------------------------------------------------------------ in the thread

    def _run(self) -> None:
        try:
            while not self._is_closed.wait(LOOK_EVERY_MS / 1000):
                _arm()
                self._look()
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _look(self) -> None:
        guard = self._guard
        call = guard.entries if guard.inside else None
        now_us = time.monotonic_ns() // 1000
        finding = self._watch.look(now_us, self._pulse, call)
        self.longest_stall_ms = max(self.longest_stall_ms, self._watch.stalled_us // 1000)
        match finding:
            case Finding.STALLED:
                self.stalls += 1
                if call is not None or now_us - self._logged_us >= LOG_EVERY_MS * 1000:
                    self._logged_us = now_us
                    log.warning("the event loop stands still", extra=self._told())
            case Finding.STUCK if call is not None:
                self._stuck_call = call
                signal.pthread_kill(self._main, _SIGNAL)
            case Finding.HOPELESS:
                told = self._told()
                self._crash.write(f"stuck in a game: {told}\n")
                self._crash.flush()
                print("kibitz: a game does not come back; the server ends", file=sys.stderr, flush=True)
                self._end(EXIT_STUCK)

    def _told(self) -> dict[str, str]:
        frame = sys._current_frames().get(self._main)  # noqa: SLF001  # documented, for debugging
        told = {"stack": "".join(traceback.format_stack(frame, limit=12))} if frame is not None else {}
        call = self._guard.going_on()
        if call is not None:
            told |= {"room_id": call.room_id, "doing": str(call.doing), "action": call.name}
        return told


def _arm() -> None:
    signal.setitimer(signal.ITIMER_PROF, CPU_S)
    signal.setitimer(signal.ITIMER_VIRTUAL, DOUBT_CPU_S)
