"""The process in which brains think: questions on standard input, answers on standard output.

It ends when its input does, so it never outlives the server. What a brain prints goes to standard
error, for standard output belongs to the answers.
"""

import importlib
import os
import sys
from typing import Any, BinaryIO

import msgspec

from kibitz.child import be_nice


class Question(msgspec.Struct, frozen=True):
    """One line of input: which `brain` (`package.module:function`), what it sees, and its budget."""

    brain: str
    view: msgspec.Raw
    seat: int
    seed: int
    budget_ms: int


class Answer(msgspec.Struct, frozen=True):
    """One line of output; without `type` the brain failed, and `problem` says how."""

    type: str | None = None
    args: dict[str, Any] = msgspec.field(default_factory=dict)
    problem: str | None = None


_decode = msgspec.json.Decoder(Question).decode
_encode = msgspec.json.Encoder().encode


def answer(question: Question) -> Answer:
    """Ask the brain. Never raises: whatever it does is its own failure."""
    try:
        module, _, name = question.brain.partition(":")
        choose = getattr(importlib.import_module(module), name)
        view = msgspec.json.decode(question.view)
        action, args = choose(view, question.seat, question.seed, question.budget_ms)
        return msgspec.convert({"type": action, "args": args}, Answer)
    except Exception as error:
        return Answer(problem=f"{type(error).__name__}: {error}")


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """One answer per line, until the input ends."""
    for line in questions:
        answers.write(_encode(answer(_decode(line))) + b"\n")
        answers.flush()


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    be_nice(10)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
