"""The feed of a room: what a follower lacks, and followers that go."""

import asyncio
import json
import logging
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from kibitz.http import feeds as feeds_module
from kibitz.http.problems import ProblemError
from kibitz.ids import GameName, RoomId, Version
from kibitz.rooms.answers import Accepted
from kibitz.rooms.room import Room
from support.feed_follower import Feed
from support.manual_clock import ManualClock
from support.room_house import ANN, BEN, EVE, House, act, asked, join
from support.running_server import running
from support.tally_room import sent
from support.toy_games import LastOne


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
    monkeypatch.setattr(feeds_module, "FOLLOWERS_PER_ADDRESS", 2)
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


async def test_what_a_follower_reads_byte_by_byte(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        async with server.http.get(f"{server.url}/api/rooms/{match.room}/feed") as answer:
            lines: list[str] = []
            async for raw in answer.content:
                lines.append(raw.decode())
                if len(lines) == 9:
                    break
                if len(lines) == 8:
                    await match.wires[0].emit("act", match.drop(3, match.version, "one"))
            now_ms = json.loads(lines[1].removeprefix("data: "))["now_ms"]
            assert lines[:2] == [
                "event: seats\r\n",
                (
                    f'data: {{"room":"{match.room}","now_ms":{now_ms},"seats":['
                    '{"seat":0,"name":"Ada","is_bot":false},{"seat":1,"name":"Bo","is_bot":false}]}\r\n'
                ),
            ]
            name, _, value = lines[2].rstrip().partition(": ")
            assert name == "retry"
            assert 1_000 <= int(value) <= 3_000
            assert lines[3:6] == ["\r\n", f"id: {match.epoch}:{match.version}\r\n", "event: snapshot\r\n"]
            assert lines[6].startswith(f'data: {{"room":"{match.room}","epoch":"{match.epoch}","version":')
            assert lines[7:9] == ["\r\n", f"id: {match.epoch}:{match.version + 1}\r\n"]


async def test_who_sits_down_is_told_and_the_end_of_the_room(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        guest = await server.guest("Ada")
        room_id = (await server.room(guest["token"]))["room_id"]
        feed = Feed()
        task = asyncio.create_task(feed.follow(server, room_id))
        await asyncio.wait_for(feed.news.wait(), 5)
        wire = await server.wire(guest["token"])
        await wire.emit("join", {"room": room_id})
        room = server.server.directory.find(RoomId(room_id))
        assert isinstance(room, Room)
        await asked(partial(room.close, "admin"))
        await asyncio.wait_for(task, 5)
        told = [[seat["name"] for seat in data["seats"]] for name, data in feed.others if name == "seats"]
        assert told == [[None, None], ["Ada", None]]
        assert feed.others[-1] == ("closed", {"room": room_id})


async def test_a_private_room_is_followed_by_players_alone(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        token = (await server.guest())["token"]
        room = (await server.room(token, private=True))["room_id"]
        status, problem = await server.get(f"/api/rooms/{room}/feed")
        assert (status, problem["code"]) == (401, "unauthenticated")
        feed = Feed()
        task = asyncio.create_task(feed.follow(server, room, token=token))
        await asyncio.wait_for(feed.news.wait(), 5)
        task.cancel()


async def test_a_pause_and_its_end_are_whole_views(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        feed = Feed()
        task = asyncio.create_task(feed.follow(server, match.room))
        await asyncio.wait_for(feed.news.wait(), 5)
        room = server.server.directory.find(RoomId(match.room))
        assert isinstance(room, Room)
        await asked(partial(room.pause, ""))
        await asked(room.resume)
        async with asyncio.timeout(5):
            while len(feed.events) < 3:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert [(name, data["status"]) for name, _, data in feed.events] == [
            ("snapshot", "playing"),
            ("snapshot", "paused"),
            ("snapshot", "playing"),
        ]
        task.cancel()


async def test_a_clock_that_goes_on_is_not_begun_anew() -> None:
    clock = ManualClock()
    feeds = feeds_module.Feeds(lambda player: None, clock)
    house = House(clock=clock, games={GameName("last-one"): LastOne()}, also=(feeds,))
    room = await house.create(game="last-one", options=b"{}", seats=3)
    for player in (ANN, BEN, EVE):
        await join(room, player)
    await house.quiet()
    follower = feeds.follow(room, "192.0.2.1")
    for number, (player, action) in enumerate(((BEN, "wave"), (ANN, "pass_on"))):
        clock.advance(7_000_000)
        assert isinstance(await act(room, player, sent(room, action, {}, f"id-{number:013}")), Accepted)
    await house.quiet()
    entries = [follower.get_nowait() for _ in range(follower.qsize())]
    told = [json.loads(entry.data) for entry in entries if entry is not None and entry.event == "patch"]
    assert [data.get("clock_elapsed_ms") for data in told] == [7_000, None]


async def test_a_mended_room_is_shown_anew(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        feed = Feed()
        task = asyncio.create_task(feed.follow(server, match.room))
        await asyncio.wait_for(feed.news.wait(), 5)
        feed.news.clear()
        room = server.server.directory.find(RoomId(match.room))
        assert isinstance(room, Room)
        room.guarded(fail)
        server.server.directory.release(room.room_id)
        await asyncio.wait_for(feed.news.wait(), 5)
        event, name, data = feed.events[-1]
        assert (event, name, data["status"]) == ("snapshot", f"{match.epoch}:{match.version}", "playing")
        task.cancel()


def fail() -> None:
    raise RuntimeError("on purpose")


async def test_a_restart_costs_a_follower_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        await match.wires[0].emit("act", match.drop(3, match.version, "one"))
        held = f"{match.epoch}:{match.version}"
    async with running(tmp_path) as server:
        current, behind = Feed(), Feed()
        tasks = [
            asyncio.create_task(current.follow(server, match.room, f"{match.epoch}:{match.version + 1}")),
            asyncio.create_task(behind.follow(server, match.room, held)),
        ]
        await asyncio.wait_for(behind.news.wait(), 5)
        # The room rests after a restart, and what it shows of earlier versions with it: the whole view.
        assert [event[:2] for event in behind.events] == [("snapshot", f"{match.epoch}:{match.version + 1}")]
        assert behind.events[0][2]["view"]["board"][5][3] == 0
        assert (current.events, [name for name, _ in current.others]) == ([], ["seats"])
        for task in tasks:
            task.cancel()


async def test_a_reader_that_is_too_slow_is_cut_off(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        room = server.server.directory.find(RoomId(match.room))
        assert isinstance(room, Room)
        feeds = server.server._feeds
        follower = feeds.follow(room, "192.0.2.1")
        for _ in range(feeds_module.WAITING_MOST + 1):
            feeds_module._tell({follower}, feeds.seats(room))
        while not follower.empty():
            last = follower.get_nowait()
        assert last is None
        feeds.unfollow(room, follower, "192.0.2.1")
