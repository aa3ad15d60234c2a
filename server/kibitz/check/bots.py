"""A game's brain, asked about positions of random matches: it answers legally, in time and alike twice."""

import os
import select
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct

from kibitz.check.findings import CheckFailed
from kibitz.check.thinker import Thought
from kibitz.ids import Seat
from kibitz.rooms.bots.brain_worker import Question
from kibitz.rules import Game, Move, Referee, State

# Before the answer of a brain counts as missing: the process has to start, and the machine may be busy.
_LATE_S = 20.0
_TOLERANCE = 2
_AGAIN = 3
"""How many questions are asked twice."""

_decode = msgspec.json.Decoder(Thought).decode


class Position(Struct, frozen=True):
    """A seat to move in a room of the match `match` after `step` events; `view` is JSON text."""

    match: int
    step: int
    state: State
    seat: Seat
    view: bytes


def try_brain(
    game: Game[Any], positions: Sequence[Position], budget_ms: int, has_time: Callable[[], bool]
) -> str:
    """Ask about the positions while there is time. Raises `CheckFailed`."""
    if game.brain is None:
        return "the game has no brain"
    referee: Referee[Any] = Referee(game)
    slowest = count = 0
    with _Thinker(game.brain, budget_ms) as thinker:
        for number, position in enumerate(positions):
            if number >= _AGAIN and not has_time():
                break
            try:
                thought = _judged(referee, thinker, position)
                if number < _AGAIN and thinker.ask(position).answer != thought.answer:
                    raise CheckFailed("bot", "the same question, seed and budget gave another answer")
                if thought.cpu_ms > _TOLERANCE * budget_ms:
                    raise CheckFailed(
                        "bot", f"thought for {thought.cpu_ms} ms with a budget of {budget_ms} ms"
                    )
            except CheckFailed as failed:
                raise failed.at(position.match, position.step) from None
            slowest, count = max(slowest, thought.cpu_ms), count + 1
    return f"{count} answers, all legal; at most {slowest} ms of thought for a budget of {budget_ms} ms"


def _judged(referee: Referee[Any], thinker: "_Thinker", position: Position) -> Thought:
    thought = thinker.ask(position)
    answer = thought.answer
    if answer.type is None:
        raise CheckFailed("bot", f"the brain failed for seat {position.seat}: {answer.problem}")
    if not referee.is_legal(position.state, position.seat, Move(answer.type, answer.args)):
        problem = f"the brain chose {answer.type} {answer.args} for seat {position.seat}, which is not legal"
        raise CheckFailed("bot", problem)
    return thought


class _Thinker:
    def __init__(self, brain: str, budget_ms: int) -> None:
        self._brain = brain
        self._budget_ms = budget_ms
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kibitz.check.thinker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def __enter__(self) -> "_Thinker":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        self._process.wait()

    def ask(self, position: Position) -> Thought:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the thinker has no pipes")
        question = Question(
            self._brain, msgspec.Raw(position.view), position.seat, position.step, self._budget_ms
        )
        wait_s = _LATE_S + self._budget_ms / 1000
        line = b""
        try:
            stdin.write(msgspec.json.encode(question) + b"\n")
            while not line.endswith(b"\n"):
                if not select.select([stdout], [], [], wait_s)[0]:
                    raise CheckFailed("bot", f"the brain did not answer within {wait_s:.0f} s")
                part = stdout.read(65536)
                if not part:
                    break
                line += part
        except BrokenPipeError:
            line = b""
        if not line:
            raise CheckFailed("bot", "the process of the brain ended")
        return _decode(line)
