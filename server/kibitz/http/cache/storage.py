"""Where entries are kept: the interface, and the place for those who want none."""

from collections.abc import Sequence
from typing import Protocol

from kibitz.http.cache.entry import CacheEntry


class Storage(Protocol):
    """Never raises: a place that fails has nothing. Used on one event loop.

    Whether an entry still counts is not asked here. `is_shared`: other servers use it, too, and what one
    drops is gone for all.
    """

    is_shared: bool

    async def open(self) -> None:
        """Before anything else. What an earlier server left and nobody could drop since is forgotten."""
        ...

    async def get(self, key: str) -> CacheEntry | None: ...

    async def put(self, entry: CacheEntry, ttl_ms: int) -> None: ...

    async def drop(self, tags: Sequence[str]) -> None:
        """Forget every entry that has one of these tags. Asked of shared places only."""
        ...

    async def close(self) -> None: ...


class NoStorage:
    """Keeps nothing."""

    is_shared = False

    async def open(self) -> None:
        """There is nothing to open."""

    async def get(self, key: str) -> CacheEntry | None:
        return None

    async def put(self, entry: CacheEntry, ttl_ms: int) -> None:
        """Forgotten at once."""

    async def drop(self, tags: Sequence[str]) -> None:
        """Nothing was kept."""

    async def close(self) -> None:
        """Nothing was opened."""
