"""What follows the journal, in this process: told of a match it tells whose figures changed, and nothing but
the end of its input ends it."""

import os
import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kibitz.clock import SystemClock
from kibitz.ids import GameName
from kibitz.ratings import worker
from kibitz.ratings.projection import Changed, Projection, no_pause
from kibitz.ratings.worker import PIECE_S, SHARE, Pace, Told, Wakes, follow
from support.past_matches import ANN, BEN, PastMatches

FOUR = frozenset({GameName("connect-four")})
CHANGED = Told(FOUR, frozenset({ANN, BEN}))


class Followed:
    """`follow` on a thread, its input a pipe."""

    def __init__(self, path: Path, journal: Path) -> None:
        self._path = path
        self._journal = journal
        self.told: queue.Queue[Told] = queue.Queue()
        self._input, self._end = os.pipe()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        follow(
            Wakes(self._input),
            self.told.put,
            lambda: Projection(self._path, self._journal, SystemClock(), no_pause),
        )

    def wake(self) -> None:
        os.write(self._end, b"\n")

    def next(self) -> Told:
        return self.told.get(timeout=20)

    def close(self) -> None:
        os.close(self._end)
        self._thread.join(20)
        assert not self._thread.is_alive()
        os.close(self._input)


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Followed]:
    followed = Followed(tmp_path / "ratings.sqlite", tmp_path / "journal.sqlite")
    yield followed
    followed.close()


async def test_a_match_that_ended_is_told_at_once(tmp_path: Path, followed: Followed) -> None:
    past = PastMatches(tmp_path)
    room = past.room(ANN, BEN)
    room.match({"winner": 0})
    await past.journal.flush()
    followed.start()
    assert followed.next() == CHANGED  # from before its start
    room.match({"winner": 1})
    await past.journal.flush()
    followed.wake()
    assert followed.next() == CHANGED
    assert followed.told.empty()
    await past.close()


async def test_a_file_that_cannot_be_used_is_tried_again(
    tmp_path: Path, followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RETRY_S", 0.01)
    past = PastMatches(tmp_path)
    past.room(ANN, BEN).match({"winner": 0})
    await past.journal.flush()
    path = tmp_path / "ratings.sqlite"
    path.mkdir()
    followed.start()
    first = followed.next()
    assert str(path) in first.problem
    assert not first.trace
    path.rmdir()
    while (told := followed.next()).problem:
        assert told == first
    assert told == CHANGED
    await past.close()


async def test_what_nobody_thought_of_does_not_end_it(
    tmp_path: Path, followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RETRY_S", 0.01)
    past = PastMatches(tmp_path)
    past.room(ANN, BEN).match({"winner": 0})
    await past.journal.flush()
    step, failures = Projection.step, [ValueError("a row like no other")]

    def fails_once(projection: Projection) -> Changed:
        if failures:
            raise failures.pop()
        return step(projection)

    monkeypatch.setattr(Projection, "step", fails_once)
    followed.start()
    problem = followed.next()
    assert problem.problem == "ValueError: a row like no other"
    assert "fails_once" in problem.trace
    assert followed.next() == CHANGED
    await past.close()


async def test_a_fault_is_not_met_again_at_each_match(
    tmp_path: Path, followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = PastMatches(tmp_path)

    def fails(projection: Projection) -> Changed:
        raise ValueError("a row like no other")

    monkeypatch.setattr(Projection, "step", fails)
    followed.start()
    assert followed.next().problem
    for _ in range(100):
        followed.wake()
    with pytest.raises(queue.Empty):
        followed.told.get(timeout=0.1)
    await past.close()


def test_what_is_said_in_a_pause_is_heard_after_it() -> None:
    read, write = os.pipe()
    wakes = Wakes(read)
    os.write(write, b"\n")
    wakes.sleep(0.001)
    wakes.wait(60)  # at once, once
    began = time.monotonic()
    wakes.wait(0.01)
    assert time.monotonic() - began >= 0.01
    os.close(write)
    os.close(read)


def test_it_takes_a_small_share_of_a_processor() -> None:
    paused: list[float] = []
    pace = Pace(paused.append)
    began = time.process_time()
    while sum(paused) < 0.05:
        pace()
    used = time.process_time() - began
    assert sum(paused) + used >= 0.9 * used / SHARE
    assert min(paused) >= 0.9 * PIECE_S * (1 / SHARE - 1)


def test_it_waits_no_longer_than_the_end_of_its_input() -> None:
    read, write = os.pipe()
    wakes = Wakes(read)
    os.write(write, b"\n\n\n")
    os.close(write)
    wakes.sleep(60)  # would be a time-out
    assert wakes.has_ended
    wakes.wait(60)
    os.close(read)
