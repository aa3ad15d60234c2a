"""Every call of a game's code stands between `Guard.enter` and `Guard.leave`.

Two readers follow from that. Whoever finds the process dead learns from the guard's memory, which may be
a file that outlives it, what it was doing. A watchdog sees code that does not come back, and may raise
`Stuck` in it: `inside` says whether that would hit the game or the server.

Calls do not nest: the frame's own code calls games, games do not call the frame.
"""

from collections.abc import Callable
from enum import StrEnum
from mmap import mmap
from typing import TypeAlias, TypeVar

from msgspec import Struct

from kibitz.ids import RoomId

T = TypeVar("T")

SLOT_BYTES = 512
_FULL = 1


class Stuck(BaseException):
    """Raised in game code that takes too long. Not an `Exception`: a game that catches what it caused
    itself must not catch this."""


FAULTS = (Exception, Stuck)
"""What a call of game code may raise, for an `except` around one."""


class Doing(StrEnum):
    """What game code is called for."""

    ACT = "act"
    START = "start"
    TIMEOUT = "timeout"
    FORFEIT = "forfeit"
    TICK = "tick"
    VIEW = "view"
    BOT = "bot"
    LOAD = "load"


class Call(Struct, frozen=True):
    """One call of game code; what does not apply is empty. `name` is the action's."""

    doing: Doing
    room_id: RoomId
    player: str = ""
    action_id: str = ""
    name: str = ""


Memory: TypeAlias = bytearray | mmap
"""`SLOT_BYTES` of it. What a process wrote into a mapped file is there after it was killed."""


class Guard:
    """One per event loop. `inside` is read by other threads."""

    __slots__ = ("_what", "entries", "inside", "memory")

    def __init__(self, memory: Memory | None = None) -> None:
        self.inside = False
        self.entries = 0
        """Counts calls, so that one that goes on is told from one that follows it."""
        self.memory: Memory = bytearray(SLOT_BYTES) if memory is None else memory
        self._what = ("", "", "", "", "", "")

    def enter(
        self, doing: Doing, room_id: RoomId, player: str = "", action_id: str = "", name: str = ""
    ) -> None:
        """The next thing is a call of game code. Within a `try` whose `finally` leaves."""
        self._what = what = (doing, room_id, player, action_id, name, "")
        text = "\n".join(what).encode("utf-8", "replace")
        if len(text) >= SLOT_BYTES:
            text = text[: SLOT_BYTES - 2] + b"\n"
        memory = self.memory
        memory[1 : len(text) + 1] = text
        memory[0] = _FULL  # last: it says that the rest is whole
        self.entries += 1
        self.inside = True

    def leave(self) -> None:
        """The call came back, in whatever way. Leaving twice is the same."""
        self.inside = False
        self.memory[0] = 0

    def run(self, doing: Doing, room_id: RoomId, call: Callable[[], T]) -> T:
        """`call` as one call of game code. Raises what it raises, and `Stuck`."""
        try:
            self.enter(doing, room_id)
            return call()
        finally:
            self.leave()

    def going_on(self) -> Call | None:
        """The call that has not come back; for other threads."""
        doing, room_id, player, action_id, name, _ = self._what
        if not self.inside or not doing:
            return None
        return Call(Doing(doing), RoomId(room_id), player, action_id, name)


def left_behind(memory: Memory) -> Call | None:
    """The call that was going on when the process ended whose guard wrote `memory`."""
    content = bytes(memory[0:SLOT_BYTES])
    if content[:1] != bytes((_FULL,)):
        return None
    parts = content[1:].decode("utf-8", "replace").split("\n")
    try:
        doing, room_id, player, action_id, name = parts[:5]
        return Call(Doing(doing), RoomId(room_id), player, action_id, name)
    except ValueError:  # torn, or another version's
        return None
