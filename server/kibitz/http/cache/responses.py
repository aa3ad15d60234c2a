"""Answers from the cache, or made once for all who ask at the same time; with ETag and 304.

An entry counts while it is young enough, tells of the version that is asked for, and none of its tags was
dropped since it was made. Drops count at once, before the storage has heard of them.
"""

import asyncio
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import TypeAlias

import msgspec
from aiohttp import web
from msgspec import Struct

from kibitz.clock import Clock
from kibitz.http.cache.entry import CacheEntry, Rule
from kibitz.http.cache.stamps import Stamps
from kibitz.http.cache.storage import Storage
from kibitz.ids import random_token
from kibitz.metrics.cache_counts import CacheCounts
from kibitz.metrics.histogram import Histogram


class Made(Struct, frozen=True):
    """An answer that was just made, and the tags that make it untrue. `is_kept` False: for this once."""

    body: Struct
    tags: tuple[str, ...] = ()
    is_kept: bool = True


Make: TypeAlias = Callable[[], Made]
"""Makes the answer, in one go on the event loop. May raise `ProblemError`, which is not kept."""


class ResponseCache:
    """`counts` gives by the name of a rule where hits are counted; `took` gets what making took, where
    that is measured."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        rules: Iterable[Rule],
        counts: Callable[[str], CacheCounts],
        took: Histogram | None,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._counts = {rule.name: counts(rule.name) for rule in rules}
        self._took = took
        self._run = random_token(6)
        self._stamps = Stamps()
        self._flights: dict[tuple[str, str], asyncio.Future[CacheEntry]] = {}
        self._dropping: set[asyncio.Task[None]] = set()
        self._unheard: set[str] = set()

    async def open(self) -> None:
        await self._storage.open()

    async def close(self) -> None:
        for task in self._dropping:
            task.cancel()
        await asyncio.gather(*self._dropping, return_exceptions=True)
        await self._storage.close()

    async def answer(
        self, request: web.Request, rule: Rule, key: str, make: Make, version: str = ""
    ) -> web.Response:
        """The answer to `request`. `key` is unique within the rule and names the player where it is private.

        Raises what `make` raises.
        """
        entry = await self._entry(rule, f"{rule.name}:{key}", version, make)
        return _response(request, rule, entry)

    def drop(self, tags: Iterable[str]) -> None:
        """From now on nothing that was made under one of these tags is given to anybody."""
        tags = tuple(tags)
        self._stamps.drop(tags)
        # Who asks from now on must not be given what somebody is making for those who asked before.
        self._flights.clear()
        if not self._storage.is_shared:
            return
        if not self._unheard:
            task = asyncio.get_running_loop().create_task(self._tell_storage())
            self._dropping.add(task)
            task.add_done_callback(self._dropping.discard)
        self._unheard.update(tags)

    async def _tell_storage(self) -> None:
        unheard, self._unheard = self._unheard, set()
        await self._storage.drop(tuple(unheard))

    # ------------------------------------------------------------ an entry

    async def _entry(self, rule: Rule, key: str, version: str, make: Make) -> CacheEntry:
        while True:
            flight = self._flights.get((key, version))
            if flight is None:
                return await self._lead(rule, key, version, make)
            await asyncio.wait([flight])
            if not flight.cancelled() and flight.exception() is None:
                self._counts[rule.name].hits += 1
                return flight.result()
            # Whoever made it gave up, or failed: everybody who still wants it finds out for themselves.
            if self._flights.get((key, version)) is flight:
                del self._flights[key, version]

    async def _lead(self, rule: Rule, key: str, version: str, make: Make) -> CacheEntry:
        flight: asyncio.Future[CacheEntry] = asyncio.get_running_loop().create_future()
        self._flights[key, version] = flight
        try:
            entry = await self._storage.get(key)
            if entry is not None and self._counts_still(entry, rule, version):
                self._counts[rule.name].hits += 1
                flight.set_result(entry)
                return entry
            self._counts[rule.name].misses += 1
            entry, is_kept = self._make(rule, key, version, make)
            flight.set_result(entry)
            if is_kept:
                await self._storage.put(entry, rule.ttl_ms)
            return entry
        finally:
            if not flight.done():
                flight.cancel()
            if self._flights.get((key, version)) is flight:
                del self._flights[key, version]

    def _make(self, rule: Rule, key: str, version: str, make: Make) -> tuple[CacheEntry, bool]:
        began_ns = time.perf_counter_ns()
        made = make()
        body = msgspec.json.encode(made.body)
        if self._took is not None:
            self._took.add(time.perf_counter_ns() - began_ns)
        expires_ms = self._clock.now_us() // 1000 + rule.ttl_ms
        stamps = self._stamps.of(made.tags)
        entry = CacheEntry(key, expires_ms, made.tags, version, _etag(body), body, self._run, stamps)
        return entry, made.is_kept

    def _counts_still(self, entry: CacheEntry, rule: Rule, version: str) -> bool:
        left_ms = entry.expires_ms - self._clock.now_us() // 1000
        if not 0 < left_ms <= rule.ttl_ms or entry.version != version:
            return False
        if entry.run == self._run:
            return self._stamps.of(entry.tags) == entry.stamps
        # Another server's, which may be of other rooms and other players: only versions are the same for all.
        return bool(version)


def _etag(body: bytes) -> str:
    return f'"{urlsafe_b64encode(blake2b(body, digest_size=12).digest()).decode()}"'


def _response(request: web.Request, rule: Rule, entry: CacheEntry) -> web.Response:
    headers = {"ETag": entry.etag, "Cache-Control": "private, no-cache" if rule.is_private else "no-cache"}
    if rule.is_private:
        headers["Vary"] = "Authorization, Cookie"
    asked = request.headers.get("If-None-Match", "")
    if asked and entry.etag in {each.strip().removeprefix("W/") for each in asked.split(",")}:
        return web.Response(status=304, headers=headers)
    return web.Response(body=entry.body, content_type="application/json", headers=headers)
