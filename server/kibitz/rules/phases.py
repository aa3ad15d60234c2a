"""A game's phases as a table, checked when the class is made and asked at every action.

`{(phase, trigger): next}`: a trigger is the name of an action, or one of the frame's own: `start`,
`timeout`, `forfeit`, `tick`. `next` is a phase, or several where the rules decide which. What is not in the
table does not happen.
"""

import sys
from collections.abc import Mapping

START = "start"
TIMEOUT = "timeout"
FORFEIT = "forfeit"
TICK = "tick"
FRAME_TRIGGERS = frozenset({START, TIMEOUT, FORFEIT, TICK})

WAITING = "waiting"
"""The phase before a match, in which every game begins; only `start` leads out of it."""


class Phases:
    """`final` names the phases in which the match is over. Remembers the line of its own call."""

    def __init__(
        self, table: Mapping[tuple[str, str], str | tuple[str, ...]], *, final: str | tuple[str, ...]
    ) -> None:
        self.table: dict[tuple[str, str], tuple[str, ...]] = {
            key: (to,) if isinstance(to, str) else tuple(to) for key, to in table.items()
        }
        self.final: frozenset[str] = frozenset((final,) if isinstance(final, str) else final)
        caller = sys._getframe(1)  # noqa: SLF001 - an error must name the line of the declaration
        self.filename = caller.f_code.co_filename
        self.line = caller.f_lineno

    def allows(self, phase: str, trigger: str) -> bool:
        return (phase, trigger) in self.table

    def leads(self, phase: str, trigger: str, to: str) -> bool:
        return to in self.table.get((phase, trigger), ())
