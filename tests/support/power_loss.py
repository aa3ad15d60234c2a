"""What a disk may hold after the power failed, worked out from a trace of a process's writes.

A kill cannot show a missing sync, for the kernel still has the pages. So strace records every write,
sync and truncation; for an instant of that run, each file is rebuilt from what was synced by then, plus
any part of what was not: unsynced writes may be there or not, in any order, and one of them torn.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

STRACE_OPTIONS = (
    *("-f", "-qq", "-y", "-xx", "-s", "65536", "-e", "signal=none"),
    *("-e", "trace=pwrite64,write,fdatasync,fsync,ftruncate"),
)
SECTOR_BYTES = 512

_LINE = re.compile(r"^(\d+) +(.*)$")
_RESUMED = re.compile(r"^<\.\.\. \w+ resumed>")
_UNFINISHED = " <unfinished ...>"
_CALL = re.compile(
    r'^(?P<name>\w+)\((?P<fd>\d+)<(?P<file>[^>]*)>(?:, "(?P<data>[^"]*)")?(?:, (?P<first>\d+))?'
    r"(?:, (?P<second>\d+))?\) += (?P<result>-?\d+)"
)


@dataclass(frozen=True)
class Step:
    """A system call that succeeded, between the lines of the trace where it began and ended."""

    kind: str
    """`write`, `truncate`, `sync` or `said` (a write to standard output)."""
    file: str
    offset: int
    data: bytes
    began: int
    ended: int


def read_trace(lines: Iterable[str]) -> list[Step]:
    """In the order in which the calls ended."""
    steps: list[Step] = []
    pending: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines):
        found = _LINE.match(line.rstrip("\n"))
        if found is None:
            raise ValueError(f"not a line of a trace: {line!r}")
        thread, text = found.groups()
        if text.endswith(_UNFINISHED):
            pending[thread] = (number, text.removesuffix(_UNFINISHED))
            continue
        began = number
        if resumed := _RESUMED.match(text):
            began, head = pending.pop(thread)
            text = head + text[resumed.end() :]
        call = _CALL.match(text)
        if call is None:
            raise ValueError(f"not a call that this reads: {line[:200]!r}")
        if int(call["result"]) >= 0:
            steps.append(_step(call, began, number))
    return steps


def images(steps: Sequence[Step], instant: int, chance: Random) -> dict[str, bytes]:
    """Contents by file name (files that began empty), had the power failed after line `instant`."""
    files: dict[str, bytearray] = {}
    past = [step for step in steps if step.ended <= instant]
    for file in {step.file for step in past if step.kind in ("write", "truncate")}:
        changes = [step for step in past if step.file == file and step.kind in ("write", "truncate")]
        synced = max((step.began for step in past if step.file == file and step.kind == "sync"), default=-1)
        content = bytearray()
        for step in changes:
            if step.ended < synced:
                _apply(content, step)
        loose = [step for step in changes if step.ended >= synced and chance.random() < 0.5]
        chance.shuffle(loose)
        for index, step in enumerate(loose):
            _apply(content, _torn(step, chance) if index == 0 else step)
        files[file] = content
    return {file: bytes(content) for file, content in files.items()}


def said_by(steps: Sequence[Step], instant: int) -> list[str]:
    """The lines on standard output that were out when the power failed."""
    text = b"".join(step.data for step in steps if step.kind == "said" and step.ended <= instant)
    return text.decode().splitlines()


def _step(call: "re.Match[str]", began: int, ended: int) -> Step:
    file = Path(_unescape(call["file"] or "").decode()).name
    match call["name"]:
        case "write" if call["fd"] == "1":
            return Step("said", file, 0, _unescape(call["data"]), began, ended)
        case "pwrite64":
            return Step("write", file, int(call["second"]), _unescape(call["data"]), began, ended)
        case "ftruncate":
            return Step("truncate", file, int(call["first"]), b"", began, ended)
        case "fdatasync" | "fsync":
            return Step("sync", file, 0, b"", began, ended)
        case name:
            return Step(name, file, 0, b"", began, ended)


def _unescape(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _apply(content: bytearray, step: Step) -> None:
    if step.kind == "truncate":
        del content[step.offset :]
        content.extend(bytes(max(0, step.offset - len(content))))
        return
    content.extend(bytes(max(0, step.offset - len(content))))
    content[step.offset : step.offset + len(step.data)] = step.data


def _torn(step: Step, chance: Random) -> Step:
    """Only some leading sectors of the write reached the disk."""
    first = SECTOR_BYTES - step.offset % SECTOR_BYTES
    ends = [0, *range(first, len(step.data), SECTOR_BYTES), len(step.data)]
    return Step(step.kind, step.file, step.offset, step.data[: chance.choice(ends)], step.began, step.ended)
