"""How often the game of one room failed, and whether the room is out of play for it."""

import logging
import sys
from collections.abc import Callable

from msgspec import Struct

from kibitz.ids import RoomId

_log = logging.getLogger("kibitz.rooms")


class Fault(Struct, frozen=True):
    """What failed, for an admin. `error` is the exception's type and text, never shown to players."""

    what: str
    at_us: int
    error: str = ""


class Faults:
    """`stopped` is called once, when the room goes out of play; `now_us` reads the wall clock."""

    def __init__(
        self, room_id: RoomId, most: int, stopped: Callable[[], None], now_us: Callable[[], int]
    ) -> None:
        self.is_stopped = False
        self.in_a_row = 0
        self.last: Fault | None = None
        """The newest fault, be it one that the room survived."""
        self._room_id = room_id
        self._most = most
        self._stopped = stopped
        self._now_us = now_us

    def count(self, what: str) -> None:
        """For an exception handler: the game failed `what`; it was refused and changed nothing.
        Too many in a row stop the room."""
        self.log(what)
        self.in_a_row += 1
        if self.in_a_row >= self._most:
            self._stop()

    def stop(self, what: str) -> None:
        """For an exception handler: what failed leaves no way to go on."""
        self.log(what)
        self._stop()

    def log(self, what: str) -> None:
        """For an exception handler: `what` failed, and the room plays on."""
        _log.exception("%s", what, extra={"room_id": self._room_id})
        error = sys.exception()
        shown = "" if error is None else f"{type(error).__name__}: {error}"
        self.last = Fault(what, self._now_us(), shown[:_SHOWN_MOST])

    def mend(self) -> None:
        """What failed was taken back: the room is in play again."""
        self.is_stopped = False
        self.in_a_row = 0

    def stop_again(self) -> None:
        """What `mend` counted on did not come to be."""
        self._stop()

    def _stop(self) -> None:
        if not self.is_stopped:
            self.is_stopped = True
            self._stopped()


_SHOWN_MOST = 300
