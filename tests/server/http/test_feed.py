"""The feed of a room: what a follower lacks, and followers that go."""

import asyncio
import logging
from pathlib import Path

import pytest

from support.feed_follower import Feed
from support.running_server import running


async def test_a_follower_that_comes_back_gets_what_it_lacks(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        answer = await match.wires[0].emit("act", match.drop(3, match.version, "one"))
        assert answer["ok"]
        feed = Feed()
        task = asyncio.create_task(feed.follow(server, match.room, f"{match.epoch}:{match.version}"))
        await asyncio.wait_for(feed.news.wait(), 5)
        assert [event[:2] for event in feed.events] == [("patch", f"{match.epoch}:{match.version + 1}")]
        task.cancel()
        other = Feed()
        task = asyncio.create_task(other.follow(server, match.room, "another:3"))
        await asyncio.wait_for(other.news.wait(), 5)
        assert other.events[0][0] == "snapshot"
        task.cancel()


async def test_a_follower_that_goes_is_forgotten_without_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        feeds = server.server._feeds
        feed = Feed()
        task = asyncio.create_task(feed.follow(server, match.room))
        await asyncio.wait_for(feed.news.wait(), 5)
        assert feeds.followers == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        version = match.version
        with caplog.at_level(logging.WARNING):
            async with asyncio.timeout(5):
                for number in range(8):
                    act = match.drop(number % 4, version, f"move{number}")
                    answer = await match.wires[number % 2].emit("act", act)
                    version = answer["version"]
                    await asyncio.sleep(0.01)
                while feeds.followers:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        assert caplog.records == []
