"""Entries in a Redis, shared with other servers.

By redis-py and not by a cache built on it. cashews was tried: its tags live no longer than the entry that was
tagged last, so that those which live longer cannot be dropped any more, and it leaves connections open.

A Redis that is away costs one short wait in `AWAY_S`; until it is back, answers are made as without a cache.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import msgspec

from kibitz.http.cache.entry import CacheEntry

log = logging.getLogger(__name__)

T = TypeVar("T")

PREFIX = "kibitz:cache:"
WAIT_S = 0.25
AWAY_S = 5.0
TAGS_MS = 24 * 3600 * 1000
"""Longer than any entry lives."""
_AT_ONCE = 100
_DECODE = msgspec.msgpack.Decoder(CacheEntry).decode


class RedisMissing(Exception):
    """The package for it is not installed."""


class RedisStorage:
    """A `Storage`. Raises `RedisMissing` when made; afterwards never."""

    is_shared = True

    def __init__(self, url: str, seconds: Callable[[], float] = time.monotonic) -> None:
        try:
            # Here, since a server without it shall not pay for it: a fifth of a second.
            from redis.asyncio import Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff
            from redis.exceptions import RedisError
        except ImportError as error:
            raise RedisMissing from error
        self._errors = (RedisError, OSError, TimeoutError)
        self._seconds = seconds
        self._away_until = 0.0
        self._redis: Any = Redis.from_url(
            url,
            socket_timeout=WAIT_S,
            socket_connect_timeout=WAIT_S,
            retry=Retry(NoBackoff(), 0),
            client_name="kibitz",
        )

    @property
    def is_away(self) -> bool:
        return self._seconds() < self._away_until

    async def open(self) -> None:
        await self._tried(self._forget_all)

    async def _forget_all(self) -> None:
        keys: list[bytes] = []
        async for key in self._redis.scan_iter(f"{PREFIX}*", count=1_000):
            keys.append(key)
            if len(keys) == _AT_ONCE:
                await self._redis.unlink(*keys)
                keys.clear()
        if keys:
            await self._redis.unlink(*keys)

    async def get(self, key: str) -> CacheEntry | None:
        found = await self._tried(lambda: self._redis.get(PREFIX + key))
        try:
            return None if found is None else _DECODE(found)
        except msgspec.DecodeError:
            return None  # of another version of this program

    async def put(self, entry: CacheEntry, ttl_ms: int) -> None:
        async def put() -> None:
            key = PREFIX + entry.key
            async with self._redis.pipeline(transaction=False) as pipe:
                for tag in entry.tags:  # first, so that no entry is without its tags
                    pipe.sadd(_tag(tag), key)
                    pipe.pexpire(_tag(tag), TAGS_MS)
                pipe.set(key, msgspec.msgpack.encode(entry), px=ttl_ms)
                await pipe.execute()

        await self._tried(put)

    async def drop(self, tags: Sequence[str]) -> None:
        async def drop() -> None:
            for tag in tags:
                while keys := await self._redis.spop(_tag(tag), _AT_ONCE):
                    await self._redis.unlink(*keys)

        await self._tried(drop)

    async def close(self) -> None:
        try:
            await self._redis.aclose()
        except self._errors:
            log.info("the connection to Redis was gone before its end")

    async def _tried(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        if self.is_away:
            return None
        try:
            return await ask()
        except self._errors as error:
            log.warning("Redis is away; answers are made anew", extra={"problem": str(error)})
            self._away_until = self._seconds() + AWAY_S
            return None


def _tag(tag: str) -> str:
    return f"{PREFIX}tag:{tag}"
