"""What every place for entries promises, each with the real thing behind it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace

from kibitz.http.cache.entry import CacheEntry
from kibitz.http.cache.local import LocalStorage
from kibitz.http.cache.memory import MemoryStorage
from kibitz.http.cache.redis import RedisStorage
from kibitz.http.cache.storage import NoStorage, Storage
from support.redis_process import needs_redis, redis_process

SIZE = 1024 * 1024
ENTRY = CacheEntry("room:a", 1_000, ("room:a", "rooms"), "e.3", '"tag"', b'{"ok":true}', "run", (0, 4))


@pytest.fixture(params=["memory", "local", pytest.param("redis", marks=needs_redis)])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    async with AsyncExitStack() as stack:
        made: Storage
        match request.param:
            case "memory":
                made = MemoryStorage(SIZE)
            case "local":
                made = LocalStorage(tmp_path / "cache.sqlite", SIZE)
            case _:
                redis = await stack.enter_async_context(redis_process(tmp_path))
                made = RedisStorage(redis.url)
        stack.push_async_callback(made.close)
        await made.open()
        yield made


async def test_it_gives_what_it_was_given(storage: Storage) -> None:
    assert await storage.get(ENTRY.key) is None
    await storage.put(ENTRY, 60_000)
    assert await storage.get(ENTRY.key) == ENTRY
    newer = replace(ENTRY, version="e.4", body=bytes(range(256)))
    await storage.put(newer, 60_000)
    assert await storage.get(ENTRY.key) == newer


async def test_what_is_dropped_is_gone_where_others_share_it(storage: Storage) -> None:
    entries = [replace(ENTRY, key=f"room:{n}", tags=(f"room:{n}", "rooms")) for n in range(250)]
    for entry in entries:
        await storage.put(entry, 60_000)
    await storage.drop(("room:7",))
    assert (await storage.get("room:7") is None) == storage.is_shared
    await storage.drop(("rooms", "nobody"))
    if storage.is_shared:
        assert [await storage.get(entry.key) for entry in entries] == [None] * len(entries)


async def test_a_tag_of_a_long_life_is_not_forgotten_with_a_short_one(storage: Storage) -> None:
    if storage.is_shared:
        await storage.put(replace(ENTRY, key="long"), 60_000)
        await storage.put(replace(ENTRY, key="short"), 1)
        while await storage.get("short") is not None:
            pass
        await storage.drop(("rooms",))
        assert await storage.get("long") is None


async def test_nothing_is_kept_where_that_is_wanted() -> None:
    storage = NoStorage()
    await storage.open()
    await storage.put(ENTRY, 60_000)
    await storage.drop(ENTRY.tags)
    assert await storage.get(ENTRY.key) is None
    await storage.close()
