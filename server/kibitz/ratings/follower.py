"""The thread that keeps the ratings behind the journal: woken when a match ends, and now and then by itself.

No move waits for it. It takes a small share of one processor and gives the interpreter's lock away after each
room: with a long journal at the first start, or a hundred matches a second, it lags rather than the moves.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from kibitz.clock import Clock
from kibitz.ids import GameName, PlayerId
from kibitz.sqlite_file import UnusableFile

if TYPE_CHECKING:
    from kibitz.ratings.projection import Changed, Projection

log = logging.getLogger("kibitz.ratings")

EVERY_S = 10.0
"""Where nobody wakes it, it looks this often."""
SHARE = 0.03
"""Of one processor's time, at most. With a tenth, a move cost a quarter more: what it took of the lock made
the moves wait for longer than it ran."""
PIECE_S = 0.0005
"""Less than this is not worth a pause."""
RETRY_S = 30.0
CLOSE_S = 2.0

Told = Callable[[frozenset[GameName], frozenset[PlayerId]], None]


class Pace:
    """Called often, it pauses for as long as keeps the thread to `SHARE`. `pause` takes seconds."""

    def __init__(self, pause: Callable[[float], object]) -> None:
        self._pause = pause
        self._mark = time.thread_time()

    def __call__(self) -> None:
        used_s = time.thread_time() - self._mark
        if used_s >= PIECE_S:
            self._pause(used_s * (1 / SHARE - 1))
            self._mark = time.thread_time()


class Follower:
    """`told` is called on the thread, whenever figures have changed."""

    def __init__(self, path: Path, journal: Path, clock: Clock, told: Told) -> None:
        self._path = path
        self._journal = journal
        self._clock = clock
        self._told = told
        self._woken = threading.Event()
        self._is_closing = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ratings", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """A match has ended."""
        self._woken.set()

    def close(self) -> None:
        """Blocks until the step that is being done is over. Idempotent."""
        self._is_closing = True
        self._closing.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    def _run(self) -> None:
        from kibitz.ratings.projection import Projection  # on the thread: nobody waits for it

        projection: Projection | None = None
        wait_s = 0.0
        while not self._is_closing:
            self._woken.wait(wait_s)
            self._woken.clear()
            try:
                projection = projection or Projection(
                    self._path, self._journal, self._clock, Pace(self._closing.wait)
                )
                self._catch_up(projection)
                wait_s = EVERY_S
            except (UnusableFile, apsw.Error) as error:
                log.warning("the ratings stand still", extra={"problem": str(error)})
                self._closing.wait(RETRY_S)
                wait_s = 0.0
            except Exception:
                # A thread that ends says so to nobody, and there would be no ratings until the next start.
                log.exception("the ratings stand still")
                # Not sooner however many matches end: each would fail the same way, and fill the log.
                self._closing.wait(RETRY_S)
                wait_s = 0.0
        if projection is not None:
            projection.close()

    def _catch_up(self, projection: "Projection") -> None:
        while not self._is_closing:
            changed: Changed = projection.step()
            if changed.games:
                self._told(changed.games, changed.players)
            if changed.is_done:
                return
