"""What the doctor says."""

from enum import IntEnum

from msgspec import Struct


class Level(IntEnum):
    """How bad it is. `NOTICE` is worth knowing, and nothing has to be done about it."""

    OK = 0
    NOTICE = 1
    WARNING = 2
    ERROR = 3


class Finding(Struct, frozen=True):
    """`subject` is a file or a part of the machine, `told` one sentence, `remedy` what to do, where that is
    anything."""

    check: str
    level: Level
    subject: str
    told: str
    remedy: str = ""


def exit_code(findings: list[Finding]) -> int:
    """0: nothing has to be done; 3: warnings; 1: something is broken."""
    worst = max((each.level for each in findings), default=Level.OK)
    return {Level.ERROR: 1, Level.WARNING: 3}.get(worst, 0)
