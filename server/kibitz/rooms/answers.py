"""What a room answers. Each answer is given exactly once, on the event loop."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeAlias

from msgspec import Raw, Struct

from kibitz.codes import MEANINGS, Code
from kibitz.ids import Seat, Version
from kibitz.rooms.conflicts import Conflict
from kibitz.rooms.views.views import CatchUp


class JoinAs(StrEnum):
    PLAYER = "player"
    SPECTATOR = "spectator"


class ActLike(Protocol):
    """An action as a client sent it; `kibitz.protocol.messages.Act` is one."""

    @property
    def epoch(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def base(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def args(self) -> Raw: ...


class Refused(Struct, frozen=True):
    """Not carried out, and without any effect. `version` is the room's committed one, if it has one."""

    code: str
    message: str
    version: Version | None = None
    conflict: Conflict | None = None
    retry_ms: int | None = None


class Accepted(Struct, frozen=True, gc=False):
    """The action is committed as `version`; a repeated one gets the version it had the first time."""

    version: Version
    conflict: Conflict | None = None


class Seated(Struct, frozen=True):
    """The answer to `join`: the seat (None: spectator) and what the client lacks."""

    seat: Seat | None
    catch_up: CatchUp


class Left(Struct, frozen=True):
    """The answer to `leave` and `rematch`: committed, as `version`."""

    version: Version


ActAnswer: TypeAlias = Callable[[Accepted | Refused], None]
JoinAnswer: TypeAlias = Callable[[Seated | Refused], None]
DoneAnswer: TypeAlias = Callable[[Left | Refused], None]


_RETRY_MS = {Code.ROOM_BUSY: 100, Code.ROOM_PAUSED: 1_000, Code.UNAVAILABLE: 1_000, Code.DRAINING: 2_000}


def refused(code: Code, version: Version | None = None) -> Refused:
    """A refusal in the words of its code, with a hint when to try again where that may help."""
    return Refused(code.value, MEANINGS[code].text, version, retry_ms=_RETRY_MS.get(code))
