"""Entries in the process's own memory, bounded in bytes; the least recently used go first.

A few microseconds an answer. A library's memory storage is not used: cashews' costs 44 µs a hit and 0.4 s
to import, is bounded in entries only, and keeps its tags among what it may throw away.
"""

from collections import OrderedDict
from collections.abc import Sequence

from kibitz.http.cache.entry import CacheEntry


class MemoryStorage:
    """A `Storage`."""

    is_shared = False

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._entries: OrderedDict[str, CacheEntry] = OrderedDict()
        self.held_bytes = 0

    async def open(self) -> None:
        """It begins empty."""

    async def get(self, key: str) -> CacheEntry | None:
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    async def put(self, entry: CacheEntry, ttl_ms: int) -> None:
        self._remove(entry.key)
        if entry.size_bytes > self._bytes_max // 4:
            return  # one answer shall not empty the whole cache
        self._entries[entry.key] = entry
        self.held_bytes += entry.size_bytes
        while self.held_bytes > self._bytes_max:
            self._remove(next(iter(self._entries)))

    async def drop(self, tags: Sequence[str]) -> None:
        """Their stamps say so; what is untrue goes as it ages, or when it is made anew."""

    async def close(self) -> None:
        self._entries.clear()
        self.held_bytes = 0

    def _remove(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.held_bytes -= entry.size_bytes
