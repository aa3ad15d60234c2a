"""The same events folded again: in this process by a fresh game, and in another process in which strings have
other hashes. What depends on the order of a set, on an address, on the time or on a module's memory
comes out differently there.

`python -m kibitz.check.refold module:Class` reads rooms from standard input, one per line, and answers
each with one line.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Struct

from kibitz.check.findings import CheckFailed, told
from kibitz.check.onlookers import digest, viewer_classes
from kibitz.journal.records import Event
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.views.views import Renderer
from kibitz.rules import Game, Referee


class Told(Struct, frozen=True):
    """One room as it went; `digests` has one number per event. `match` is its number in this check."""

    match: int
    seats: int
    options: str
    events: tuple[Event, ...]
    digests: tuple[int, ...] = ()


class _Answer(Struct, frozen=True):
    digests: tuple[int, ...] = ()
    problem: str | None = None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Told).decode
_decode_answer = msgspec.json.Decoder(_Answer).decode


def source_of(game: Game[Any]) -> str:
    """`module:Class`, by which another process finds the game."""
    return f"{type(game).__module__}:{type(game).__qualname__}"


def found(source: str) -> Game[Any]:
    """The game of that source. Raises whatever the import raises, `TypeError` if it is no game."""
    module, _, name = source.partition(":")
    game = attrgetter(name)(import_module(module))
    if not (isinstance(game, type) and issubclass(game, Game)):
        raise TypeError(f"{source} is not a subclass of kibitz.rules.Game")
    return game()


def digests_of(game: Game[Any], room: Told) -> tuple[int, ...]:
    """The room folded from nothing but its events."""
    referee: Referee[Any] = Referee(game)
    options = referee.options(room.options)
    fold, renderer = Fold(referee, options, room.seats), Renderer(game, options)
    classes = viewer_classes(game, room.seats)
    steps = fold.steps(room.events)
    return tuple(digest(referee, renderer, classes, state, event) for _, event, state in steps)


def fold_again(game: Game[Any], room: Told) -> None:
    """By a new object of the same class. Raises `CheckFailed`."""
    try:
        digests = digests_of(type(game)(), room)
    except Exception as error:
        raise CheckFailed("fold", f"the second fold of the same events raised {told(error)}") from error
    _compare(room, digests, "folded a second time")


def fold_elsewhere(game: Game[Any], rooms: Sequence[Told], timeout_s: float) -> str:
    """In another process. Returns the hash seed that it had. Raises `CheckFailed`."""
    hash_seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    env = {
        **os.environ,
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    lines = b"".join(_encode(msgspec.structs.replace(room, digests=())) + b"\n" for room in rooms)
    command = [sys.executable, "-m", "kibitz.check.refold", source_of(game)]
    try:
        done = subprocess.run(
            command, env=env, input=lines, capture_output=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        raise CheckFailed("fold", f"the other process did not answer within {timeout_s:.0f} s") from None
    answers = [_decode_answer(line) for line in done.stdout.splitlines()]
    for room, answer in zip(rooms, answers, strict=False):
        if answer.problem is not None:
            raise CheckFailed("fold", f"in another process: {answer.problem}").at(room.match, 0)
        _compare(room, answer.digests, "folded in another process")
    if len(answers) < len(rooms):
        said = done.stderr.decode(errors="replace").strip().splitlines()
        why = said[-1] if said else f"exit code {done.returncode}"
        raise CheckFailed("fold", f"another process cannot fold {source_of(game)}: {why}")
    return hash_seed


def _compare(room: Told, digests: Sequence[int], how: str) -> None:
    for step, (first, second) in enumerate(zip(room.digests, digests, strict=True)):
        if first != second:
            event = room.events[step]
            name = event.type or event.kind.value
            problem = f"not deterministic: {how}, {name!r} gives another state or view than before"
            raise CheckFailed("fold", problem).at(room.match, step + 1)


def _answer(game: Game[Any], line: bytes) -> _Answer:
    try:
        return _Answer(digests_of(game, _decode(line)))
    except Exception as error:
        return _Answer(problem=told(error))


def main(arguments: Sequence[str], lines: Iterable[bytes]) -> None:
    game = found(arguments[0])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a game prints does not belong to the answers
    for line in lines:
        answers.write(_encode(_answer(game, line)) + b"\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdin.buffer)
