"""Every input that fuzzing kept, once more: `scripts/fuzz` looks for new ones."""

import itertools

import pytest

from support.fuzz_corpus import read_corpus
from support.fuzz_targets import TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_kept_inputs(target: str) -> None:
    corpus = read_corpus(target)
    assert len(corpus) > 10, "no corpus"
    for data in corpus:
        TARGETS[target](data)


@pytest.mark.parametrize("target", TARGETS)
def test_kept_inputs_cut_and_joined(target: str) -> None:
    corpus = read_corpus(target)
    for first, second in itertools.pairwise(corpus):
        TARGETS[target](first[: len(first) // 2] + second[len(second) // 2 :])
        TARGETS[target](first + second)
