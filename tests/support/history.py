"""What clients of a fault run wrote down: one JSON line for each step of each action.

`invoke` before an action is first sent, `ok` when it was acknowledged, `fail` when it was refused.
An action with `invoke` alone is in doubt: it may stand in the journal once or not at all. Times are
of the machine's monotonic clock, which all processes share.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Literal

import msgspec

Step = Literal["invoke", "ok", "fail"]


@dataclass(frozen=True)
class Line:
    step: Step
    at_ns: int
    room: str
    action: str
    seat: int
    type: str
    args: dict[str, int]
    version: int | None = None
    code: str | None = None


class History:
    """Appends lines to a file; each is flushed, so that what was seen is on record."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(
        self,
        step: Step,
        room: str,
        action: str,
        seat: int,
        type_: str,
        args: dict[str, int],
        *,
        version: int | None = None,
        code: str | None = None,
    ) -> None:
        line = Line(step, time.monotonic_ns(), room, action, seat, type_, args, version, code)
        self._file.write(msgspec.json.encode(asdict(line)) + b"\n")
        self._file.flush()


def read(paths: list[Path]) -> Iterator[Line]:
    for path in paths:
        for raw in path.read_bytes().splitlines():
            yield msgspec.json.decode(raw, type=Line)
