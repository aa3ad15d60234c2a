"""Doubt about the disk ends with a good commit, or with time."""

from typing import Any, cast

from kibitz.app.storage import DOUBT_US, Storage


class Hands:
    """A clock that a test turns."""

    us = 7

    def now_us(self) -> int:
        return self.us

    def monotonic_us(self) -> int:
        return self.us


def test_a_failed_commit_casts_doubt_until_a_good_one_or_for_a_while() -> None:
    clock, nothing = Hands(), cast("Any", None)
    storage = Storage(clock)
    assert not storage.is_failing
    storage.reloaded(nothing)
    assert storage.is_failing
    storage.committed(nothing, nothing)
    assert not storage.is_failing
    storage.reloaded(nothing)
    clock.us += DOUBT_US - 1
    assert storage.is_failing
    clock.us += 1
    assert not storage.is_failing
