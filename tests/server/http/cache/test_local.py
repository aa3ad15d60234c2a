"""The file: kept over a restart, bounded, and made anew where it is broken."""

from pathlib import Path

from msgspec.structs import replace

from kibitz.http.cache.entry import CacheEntry
from kibitz.http.cache.local import LocalStorage

ENTRY = CacheEntry("0", 1_000, ("rooms",), "e.1", '"tag"', b"x" * 1_000, "run", (0,))


async def opened(path: Path, bytes_max: int = 1 << 20) -> LocalStorage:
    storage = LocalStorage(path, bytes_max)
    await storage.open()
    return storage


async def test_the_next_server_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    first = await opened(path)
    await first.put(ENTRY, 1_000)
    held = first.held_bytes
    await first.close()
    second = await opened(path)
    assert await second.get("0") == ENTRY
    assert second.held_bytes == held > 1_000
    assert path.stat().st_mode & 0o777 == 0o600
    await second.close()


async def test_a_broken_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_bytes(b"anything but a database " * 100)
    storage = await opened(path)
    await storage.put(ENTRY, 1_000)
    assert await storage.get("0") == ENTRY
    await storage.close()


async def test_where_it_cannot_be_nothing_is_kept(tmp_path: Path) -> None:
    storage = await opened(tmp_path / "missing" / "cache.sqlite")
    await storage.put(ENTRY, 1_000)
    assert await storage.get("0") is None
    await storage.close()


async def test_the_oldest_go_when_it_is_full(tmp_path: Path) -> None:
    storage = await opened(tmp_path / "cache.sqlite", 50_000)
    for number in range(200):
        await storage.put(replace(ENTRY, key=str(number)), 1_000)
        assert storage.held_bytes <= 50_000
    assert await storage.get("0") is None
    assert await storage.get("199") is not None
    await storage.close()
