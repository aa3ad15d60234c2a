"""The process that keeps the ratings behind the journal: `python -m kibitz.ratings.worker RATINGS JOURNAL`.

A line of its standard input says that a match has ended; now and then it looks by itself. On standard output
it says whose figures have changed, a line of JSON each time. It gives way to everything else on the machine:
with a long journal at the first start, or a hundred matches a second, it lags rather than the moves.

Why a process: as a thread of the server it took the interpreter's lock from the moves for longer than it ran.
Why a pace even so: where it shares a processor with the server, each of its turns empties the caches.
"""

import os
import select
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import apsw
import msgspec

from kibitz.child import be_idle
from kibitz.clock import SystemClock
from kibitz.ids import GameName, PlayerId
from kibitz.sqlite_file import UnusableFile

if TYPE_CHECKING:
    from kibitz.ratings.projection import Projection

EVERY_S = 10.0
"""Where nobody wakes it, it looks this often."""
RETRY_S = 30.0
"""After a failure, however many matches end: each would fail the same way, and fill the log."""
SHARE = 0.05
"""Of one processor's time, at most."""
PIECE_S = 0.0005
"""Less than this is not worth a pause."""


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of output: whose figures are others than before; or, with a `problem`, why nothing is done.
    `trace` is there where nobody thought of that problem."""

    games: frozenset[GameName] = frozenset()
    players: frozenset[PlayerId] = frozenset()
    problem: str = ""
    trace: str = ""


class Wakes:
    """The input. Its end is the server's."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._is_woken = False
        self.has_ended = False

    def wait(self, timeout_s: float) -> None:
        """Until something is said, or for that long. All that was said since the last call counts as one."""
        if not self._is_woken:
            self._look(timeout_s)
        self._is_woken = False

    def sleep(self, for_s: float) -> None:
        """Whatever is said meanwhile, which is left for `wait`; but not beyond the end."""
        until = time.monotonic() + for_s
        while not self.has_ended and (left_s := until - time.monotonic()) > 0:
            self._look(left_s)

    def _look(self, timeout_s: float) -> None:
        if not self.has_ended and select.select([self._fd], [], [], timeout_s)[0]:
            self._is_woken = True
            self.has_ended = not os.read(self._fd, 65_536)


class Pace:
    """Called often, it pauses for as long as keeps the process to `SHARE`. `pause` takes seconds."""

    def __init__(self, pause: Callable[[float], object]) -> None:
        self._pause = pause
        self._mark = time.process_time()

    def __call__(self) -> None:
        used_s = time.process_time() - self._mark
        if used_s >= PIECE_S:
            self._pause(used_s * (1 / SHARE - 1))
            self._mark = time.process_time()


def follow(wakes: Wakes, tell: Callable[[Told], None], opened: "Callable[[], Projection]") -> None:
    """Until the input ends. `opened` may raise what `Projection` does, and is tried again then."""
    projection: Projection | None = None
    wakes.wait(0.0)
    while not wakes.has_ended:
        try:
            projection = projection or opened()
            _catch_up(projection, wakes, tell)
        except (UnusableFile, apsw.Error) as error:
            tell(Told(problem=str(error)))
            wakes.sleep(RETRY_S)
        except Exception as error:
            # A process that ends would begin again, and meet the same.
            tell(Told(problem=f"{type(error).__name__}: {error}", trace=traceback.format_exc()))
            wakes.sleep(RETRY_S)
        else:
            wakes.wait(EVERY_S)
    if projection is not None:
        projection.close()


def _catch_up(projection: "Projection", wakes: Wakes, tell: Callable[[Told], None]) -> None:
    while not wakes.has_ended:
        changed = projection.step()
        if changed.games:
            tell(Told(changed.games, changed.players))
        if changed.is_done:
            return
        wakes.wait(0.0)


def main() -> None:
    path, journal = map(Path, sys.argv[1:])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    be_idle()
    encode = msgspec.json.Encoder(order="deterministic").encode

    def tell(told: Told) -> None:
        try:
            answers.write(encode(told) + b"\n")
            answers.flush()
        except BrokenPipeError:
            os._exit(0)  # the server is gone, and nobody is left to be told

    def opened() -> "Projection":
        from kibitz.ratings.projection import Projection

        return Projection(path, journal, SystemClock(), Pace(wakes.sleep))

    wakes = Wakes(0)
    follow(wakes, tell, opened)


if __name__ == "__main__":
    main()
