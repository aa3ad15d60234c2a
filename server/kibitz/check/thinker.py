"""The process in which a brain is tried: `kibitz.rooms.bots.brain_worker`, measuring what a thought costs.

CPU time, not the time on a wall: a busy machine is not the brain's fault.
"""

import os
import sys
import time
from importlib import import_module

import msgspec

from kibitz.rooms.bots.brain_worker import Answer, Question, answer


class Thought(msgspec.Struct, frozen=True):
    """One line of output."""

    answer: Answer
    cpu_ms: int


_decode = msgspec.json.Decoder(Question).decode


def think(question: Question) -> Thought:
    """The brain's answer. What importing it costs is not counted."""
    try:
        import_module(question.brain.partition(":")[0])
    except Exception:
        return Thought(answer(question), 0)  # which says what is wrong
    began = time.process_time_ns()
    found = answer(question)
    return Thought(found, (time.process_time_ns() - began) // 1_000_000)


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        answers.write(msgspec.json.encode(think(_decode(line))) + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
