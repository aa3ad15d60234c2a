"""The inputs that fuzzing found worth keeping: one file for each target, one input in hex on each line."""

from collections.abc import Iterable
from pathlib import Path

_CASES = Path(__file__).parents[1] / "cases" / "fuzz"
KEPT_BYTES = 60_000
"""Of one target. The shortest inputs are kept: they are the ones a person can read."""


def read_corpus(target: str) -> list[bytes]:
    path = _CASES / f"{target}.txt"
    return [bytes.fromhex(line) for line in path.read_text().splitlines()] if path.exists() else []


def write_corpus(target: str, inputs: Iterable[bytes]) -> None:
    kept, size = [], 0
    for data in sorted(set(inputs), key=lambda data: (len(data), data)):
        size += 2 * len(data) + 1
        if size > KEPT_BYTES:
            break
        kept.append(data.hex())
    _CASES.mkdir(parents=True, exist_ok=True)
    (_CASES / f"{target}.txt").write_text("".join(line + "\n" for line in kept))
