"""The process behind the journal, for real: it is woken, killed, begun anew, and ends with who started it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kibitz.child import start_child
from kibitz.ids import GameName, PlayerId
from kibitz.ratings.follower import Follower
from support.past_matches import ANN, BEN, CY, PastMatches

FOUR = frozenset({GameName("connect-four")})
Told = tuple[frozenset[GameName], frozenset[PlayerId]]


class Heard:
    """A follower that begins at once, and what it told."""

    def __init__(self, data: Path) -> None:
        self.told: asyncio.Queue[Told] = asyncio.Queue()
        self.follower = Follower(
            data / "ratings.sqlite",
            data / "journal.sqlite",
            lambda games, players: self.told.put_nowait((games, players)),
            begin_s=0.0,
            again_s=0.0,
        )

    async def next(self) -> Told:
        async with asyncio.timeout(30):
            return await self.told.get()

    def worker(self) -> int:
        child = self.follower._child
        assert child is not None
        return child.process.pid


@pytest.fixture
async def past(tmp_path: Path) -> AsyncIterator[PastMatches]:
    past = PastMatches(tmp_path)
    yield past
    await past.close()


async def test_a_process_tells_whose_figures_have_changed(tmp_path: Path, past: PastMatches) -> None:
    past.room(ANN, BEN).match({"winner": 0})
    await past.journal.flush()
    heard = Heard(tmp_path)
    heard.follower.start()
    assert await heard.next() == (FOUR, {ANN, BEN})
    worker = heard.worker()
    assert os.getpriority(os.PRIO_PROCESS, worker) == 19
    if sys.platform == "linux":
        assert os.sched_getscheduler(worker) == os.SCHED_IDLE
    past.room(ANN, CY).match({"winner": 1})
    await past.journal.flush()
    heard.follower.wake()
    assert await heard.next() == (FOUR, {ANN, CY})
    await heard.follower.close()
    await heard.follower.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    assert heard.told.empty()


async def test_another_goes_on_where_one_was_killed(
    tmp_path: Path, past: PastMatches, caplog: pytest.LogCaptureFixture
) -> None:
    past.room(ANN, BEN).match({"winner": 0})
    await past.journal.flush()
    heard = Heard(tmp_path)
    heard.follower.start()
    assert await heard.next() == (FOUR, {ANN, BEN})
    os.kill(heard.worker(), signal.SIGKILL)
    past.room(BEN, CY).match({"winner": 1})
    await past.journal.flush()
    assert await heard.next() == (FOUR, {BEN, CY})
    await heard.follower.close()
    assert "the ratings stand still" in caplog.text


async def test_before_it_was_started_there_is_nothing_to_wake_or_close(tmp_path: Path) -> None:
    heard = Heard(tmp_path)
    heard.follower.wake()
    await heard.follower.close()


async def test_it_ends_with_a_server_that_was_killed(tmp_path: Path, past: PastMatches) -> None:
    await past.journal.flush()
    files = (str(tmp_path / "ratings.sqlite"), str(tmp_path / "journal.sqlite"))
    child = await start_child("kibitz.ratings.worker", *files, line_most=1000)
    child.stdin.close()  # what the kernel does for a process that is killed
    async with asyncio.timeout(30):
        assert await child.process.wait() == 0
    await child.end()
