"""The thread behind the journal: told of a match it tells whose figures changed, and nothing ends it."""

import queue
import threading
import time
from pathlib import Path

import pytest

from kibitz.clock import SystemClock
from kibitz.ids import GameName, PlayerId
from kibitz.ratings import follower as follower_module
from kibitz.ratings.follower import PIECE_S, SHARE, Follower, Pace
from kibitz.ratings.projection import Changed, Projection
from support.past_matches import ANN, BEN, PastMatches

FOUR = frozenset({GameName("connect-four")})
Told = tuple[frozenset[GameName], frozenset[PlayerId]]


async def test_a_match_that_ended_is_told_at_once(tmp_path: Path) -> None:
    past = PastMatches(tmp_path)
    told: queue.Queue[Told] = queue.Queue()
    path = tmp_path / "ratings.sqlite"
    follower = Follower(path, past.path, SystemClock(), lambda games, players: told.put((games, players)))
    room = past.room(ANN, BEN)
    room.match({"winner": 0})
    await past.journal.flush()
    follower.start()
    assert told.get(timeout=20) == (FOUR, {ANN, BEN})  # from before its start
    room.match({"winner": 1})
    await past.journal.flush()
    follower.wake()
    assert told.get(timeout=20) == (FOUR, {ANN, BEN})
    follower.close()
    follower.close()
    assert told.empty()
    await past.close()


async def test_a_file_that_cannot_be_used_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower_module, "RETRY_S", 0.01)
    past = PastMatches(tmp_path)
    past.room(ANN, BEN).match({"winner": 0})
    await past.journal.flush()
    path = tmp_path / "ratings.sqlite"
    path.mkdir()
    told: queue.Queue[Told] = queue.Queue()
    follower = Follower(path, past.path, SystemClock(), lambda games, players: told.put((games, players)))
    follower.start()
    with pytest.raises(queue.Empty):
        told.get(timeout=0.1)
    path.rmdir()
    assert told.get(timeout=20) == (FOUR, {ANN, BEN})
    follower.close()
    await past.close()


async def test_what_nobody_thought_of_does_not_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(follower_module, "RETRY_S", 0.01)
    past = PastMatches(tmp_path)
    past.room(ANN, BEN).match({"winner": 0})
    await past.journal.flush()
    told: queue.Queue[Told] = queue.Queue()
    step, failures = Projection.step, [ValueError("a row like no other")]

    def fails_once(projection: Projection) -> Changed:
        if failures:
            raise failures.pop()
        return step(projection)

    monkeypatch.setattr(Projection, "step", fails_once)
    follower = Follower(
        tmp_path / "ratings.sqlite",
        past.path,
        SystemClock(),
        lambda games, players: told.put((games, players)),
    )
    follower.start()
    assert told.get(timeout=20) == (FOUR, {ANN, BEN})
    assert "a row like no other" in caplog.text
    follower.close()
    await past.close()


async def test_a_fault_is_not_met_again_at_each_match(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    past = PastMatches(tmp_path)
    failed = threading.Event()

    def fails(projection: Projection) -> Changed:
        failed.set()
        raise ValueError("a row like no other")

    monkeypatch.setattr(Projection, "step", fails)
    follower = Follower(tmp_path / "ratings.sqlite", past.path, SystemClock(), lambda games, players: None)
    follower.start()
    assert failed.wait(20)
    for _ in range(100):
        follower.wake()
    follower.close()
    assert caplog.text.count("the ratings stand still") == 1
    await past.close()


def test_it_takes_a_small_share_of_a_processor() -> None:
    paused: list[float] = []
    pace = Pace(paused.append)
    began = time.thread_time()
    while sum(paused) < 0.05:
        pace()
    used = time.thread_time() - began
    assert sum(paused) + used >= 0.9 * used / SHARE
    assert min(paused) >= 0.9 * PIECE_S * (1 / SHARE - 1)
