"""The feed of a room: what a follower lacks, and followers that go."""

import asyncio
import logging
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from kibitz.http import feed as feed_module
from kibitz.http.problems import ProblemError
from kibitz.ids import RoomId, Version
from kibitz.rooms.room import Room
from support.feed_follower import Feed
from support.room_house import asked
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


async def test_a_rewind_sends_the_whole_view_of_the_new_epoch(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        await match.wires[0].emit("act", match.drop(3, match.version, "one"))
        feed = Feed()
        task = asyncio.create_task(feed.follow(server, match.room))
        await asyncio.wait_for(feed.news.wait(), 5)
        feed.news.clear()
        room = server.server.directory.find(RoomId(match.room))
        assert isinstance(room, Room)
        await asked(partial(room.rewind, Version(match.version)))
        await asyncio.wait_for(feed.news.wait(), 5)
        event, name, data = feed.events[-1]
        assert (event, name) == ("snapshot", f"{room.epoch}:{room.version}")
        assert (data["view"]["turn"], data["status"]) == (0, "playing")
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


async def test_one_address_does_not_take_all_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "FOLLOWERS_PER_ADDRESS", 2)
    async with running(tmp_path, trusted_proxies=("127.0.0.0/8",)) as server:
        room = (await server.room((await server.guest())["token"]))["room_id"]
        path = f"{server.url}/api/rooms/{room}/feed"

        async def open_from(address: str) -> aiohttp.ClientResponse:
            return await server.http.get(path, headers={"X-Forwarded-For": address})

        first, second, third = [await open_from("192.0.2.1") for _ in range(3)]
        assert [first.status, second.status, third.status] == [200, 200, 429]
        assert first.headers["Cache-Control"] == "no-store"
        assert (await third.json())["code"] == "rate_limited"
        elsewhere = await open_from("192.0.2.2")
        assert elsewhere.status == 200
        for one in (first, second, elsewhere):
            one.close()
        found = server.server.directory.find(RoomId(room))
        assert isinstance(found, Room)
        feeds = server.server._feeds
        followers = [feeds.follow(found, "192.0.2.3") for _ in range(2)]
        feeds.unfollow(found, followers[0], "192.0.2.3")
        feeds.follow(found, "192.0.2.3")
        with pytest.raises(ProblemError):
            feeds.follow(found, "192.0.2.3")
