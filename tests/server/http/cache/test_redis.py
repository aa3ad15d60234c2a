"""A Redis that goes away, comes back, or was never there; and what an earlier server left in it."""

from pathlib import Path

from msgspec.structs import replace

from kibitz.http.cache.entry import CacheEntry
from kibitz.http.cache.redis import AWAY_S, RedisStorage
from support.redis_process import needs_redis, redis_process
from support.running_server import running

pytestmark = needs_redis

ENTRY = CacheEntry("0", 1_000, ("rooms",), "", '"tag"', b"{}", "run", (0,))


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_while_it_is_away_there_is_no_cache(tmp_path: Path) -> None:
    seconds = Seconds()
    async with redis_process(tmp_path) as redis:
        storage = RedisStorage(redis.url, seconds)
        await storage.open()
        await storage.put(ENTRY, 60_000)
        await redis.stop()
        assert await storage.get("0") is None
        assert storage.is_away
        await redis.start()
        await storage.put(ENTRY, 60_000)
        assert await storage.get("0") is None  # not asked at all for a while
        seconds.now += AWAY_S + 1
        await storage.put(ENTRY, 60_000)
        assert await storage.get("0") == ENTRY
        await storage.close()


async def test_two_servers_share_it_and_drop_for_each_other(tmp_path: Path) -> None:
    async with redis_process(tmp_path) as redis:
        one, two = RedisStorage(redis.url), RedisStorage(redis.url)
        await one.open()
        await one.put(ENTRY, 60_000)
        assert await two.get("0") == ENTRY
        await two.drop(("rooms",))
        assert await one.get("0") is None
        await one.close()
        await two.close()


async def test_what_an_earlier_server_left_is_forgotten(tmp_path: Path) -> None:
    async with redis_process(tmp_path) as redis:
        before = RedisStorage(redis.url)
        await before.open()
        await before.put(replace(ENTRY, key="old"), 60_000)
        await before.close()
        after = RedisStorage(redis.url)
        await after.open()
        assert await after.get("old") is None
        await after.close()


async def test_a_server_plays_on_without_its_redis(tmp_path: Path) -> None:
    async with (
        redis_process(tmp_path) as redis,
        running(tmp_path / "data", cache="redis", redis_url=redis.url) as server,
    ):
        guest = await server.guest()
        room = await server.room(guest["token"])
        for _ in range(2):
            _, listed = await server.get("/api/rooms")
            assert [each["room_id"] for each in listed["rooms"]] == [room["room_id"]]
        assert server.server.metrics.caches()[0] > 0
        await redis.stop()
        another = await server.room(guest["token"])
        _, listed = await server.get("/api/rooms")
        assert len(listed["rooms"]) == 2
        assert (await server.get(f"/api/rooms/{another['room_id']}"))[0] == 200


async def test_a_server_starts_without_it(tmp_path: Path) -> None:
    async with running(tmp_path, cache="redis", redis_url="redis://127.0.0.1:1/0") as server:
        assert (await server.get("/api/rooms"))[0] == 200
