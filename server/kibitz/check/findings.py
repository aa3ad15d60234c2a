"""What a check counts while it goes on, and what ends it."""

import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_FRAME = tuple(f"/kibitz/{part}/" for part in ("check", "rooms", "rules", "sync"))


class CheckFailed(Exception):
    """The game broke a promise. `topic` is the row of the report; match and step say where it happened."""

    def __init__(self, topic: str, problem: str) -> None:
        super().__init__(f"{topic}: {problem}")
        self.topic = topic
        self.problem = problem
        self.match: int | None = None
        self.step: int | None = None

    def at(self, match: int, step: int) -> "CheckFailed":
        """The same with its place, unless it has one already."""
        if self.match is None:
            self.match, self.step = match, step
        return self


@dataclass
class Tally:
    """What has been seen so far, over all matches."""

    matches: int = 0
    longest: int = 0
    seats: set[int] = field(default_factory=set)
    actions: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    forfeits: int = 0
    timeouts: int = 0
    pauses: int = 0
    rewinds: int = 0
    states: int = 0
    patches: int = 0
    viewers: set[int] = field(default_factory=set)


def asked(what: str, code: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the game's `code` returns; what it raises becomes a `CheckFailed` that names the line."""
    try:
        return code(*args, **kwargs)
    except CheckFailed:
        raise
    except Exception as error:
        raise CheckFailed("exceptions", f"{what} raised {told(error)}") from error


def told(error: BaseException) -> str:
    """An exception in one line, with the last line of the game's own code that led to it."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not any(part in frame.filename for part in _FRAME)
    ]
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"
