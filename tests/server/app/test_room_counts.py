"""Rooms are counted at once where there are few, and step by step where there are many."""

from pathlib import Path

import pytest

from kibitz.app import room_counts
from kibitz.app.room_counts import RoomCounts
from support.running_server import running


async def test_both_ways_count_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path) as up:
        await up.table()
        for _ in range(4):
            await up.room((await up.guest())["token"])
        counts = RoomCounts(up.server.directory)
        at_once = counts.counts()
        assert at_once == {"waiting": 4, "playing": 1, "paused": 0, "finished": 0, "faulted": 0}
        monkeypatch.setattr(room_counts, "AT_ONCE", 2)
        monkeypatch.setattr(room_counts, "STEP", 2)
        for _ in range(10):
            counts.step()
        assert counts.counts() == at_once
