"""What a cache holds, and what it is told to do."""

from enum import StrEnum

from msgspec import Struct


class Place(StrEnum):
    """Where entries are kept."""

    MEMORY = "memory"
    LOCAL = "local"
    REDIS = "redis"
    OFF = "off"


class Rule(Struct, frozen=True):
    """How one kind of answer is kept. `ttl_ms`: so long at most, whatever is or is not heard of changes.

    `is_private`: it depends on who asks. Its key then names the player, and no cache on the way may share it.
    """

    name: str
    ttl_ms: int
    is_private: bool = False


class CacheConfig(Struct, frozen=True):
    """`bytes_max` bounds what is kept in memory or in the local file; a Redis has bounds of its own."""

    place: Place
    rules: tuple[Rule, ...]
    bytes_max: int = 16 * 1024 * 1024
    redis_url: str = ""


class CacheEntry(Struct, frozen=True):
    """One answer. It counts until `expires_ms` (UTC), as long as no tag of `tags` was dropped since and what
    it tells about is still at `version` (empty: it has none).

    `stamps` are the tags' as they were when `run`, one life of a server, made it; another cannot judge them.
    """

    key: str
    expires_ms: int
    tags: tuple[str, ...]
    version: str
    etag: str
    body: bytes
    run: str
    stamps: tuple[int, ...]

    @property
    def size_bytes(self) -> int:
        """About what it takes in memory."""
        return len(self.body) + 2 * len(self.key) + 64 * len(self.tags) + 512
