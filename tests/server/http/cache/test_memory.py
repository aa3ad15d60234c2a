"""The bounds of memory."""

from msgspec.structs import replace

from kibitz.http.cache.entry import CacheEntry
from kibitz.http.cache.memory import MemoryStorage

ENTRY = CacheEntry("0", 1_000, ("rooms",), "", '"tag"', b"x" * 1_000, "run", (0,))


async def test_what_was_not_used_for_longest_goes_first() -> None:
    storage = MemoryStorage(10 * ENTRY.size_bytes)
    for number in range(10):
        await storage.put(replace(ENTRY, key=str(number)), 1_000)
    assert await storage.get("0") is not None
    await storage.put(replace(ENTRY, key="more"), 1_000)
    assert await storage.get("0") is not None
    assert await storage.get("1") is None
    assert storage.held_bytes <= 10 * ENTRY.size_bytes


async def test_one_answer_does_not_empty_it() -> None:
    storage = MemoryStorage(10 * ENTRY.size_bytes)
    await storage.put(ENTRY, 1_000)
    await storage.put(replace(ENTRY, key="huge", body=b"x" * 5 * ENTRY.size_bytes), 1_000)
    assert await storage.get("huge") is None
    assert await storage.get("0") is not None


async def test_the_same_key_counts_once() -> None:
    storage = MemoryStorage(10 * ENTRY.size_bytes)
    for _ in range(3):
        await storage.put(ENTRY, 1_000)
    assert storage.held_bytes == ENTRY.size_bytes
    await storage.close()
    assert storage.held_bytes == 0
