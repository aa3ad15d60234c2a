"""What counts, for how long, for whom; and one making for all who ask at the same time."""

import asyncio
from collections.abc import Sequence

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from msgspec import Struct
from msgspec.structs import replace

from kibitz.http.cache.entry import CacheEntry, Rule
from kibitz.http.cache.memory import MemoryStorage
from kibitz.http.cache.responses import Made, ResponseCache
from kibitz.http.cache.storage import Storage
from kibitz.metrics.cache_counts import CacheCounts
from support.manual_clock import ManualClock

PUBLIC = Rule("board", 1_000)
PRIVATE = Rule("mine", 1_000, is_private=True)


class Board(Struct):
    number: int


class Kitchen:
    """A cache, and something that counts how often it was made."""

    def __init__(self, storage: Storage | None = None) -> None:
        self.clock = ManualClock()
        self.counts = CacheCounts()
        self.storage = storage or MemoryStorage(1 << 20)
        self.cache = ResponseCache(
            self.storage, self.clock, (PUBLIC, PRIVATE), lambda name: self.counts, None
        )
        self.made = 0

    def make(self) -> Made:
        self.made += 1
        return Made(Board(self.made), ("one", "two"))

    async def ask(
        self, key: str = "a", version: str = "", rule: Rule = PUBLIC, **headers: str
    ) -> web.Response:
        request = make_mocked_request("GET", "/", headers=headers)
        return await self.cache.answer(request, rule, key, self.make, version)


class Slow(MemoryStorage):
    """Answers when a test lets it."""

    def __init__(self) -> None:
        super().__init__(1 << 20)
        self.may_get = asyncio.Event()
        self.may_put = asyncio.Event()
        self.may_put.set()
        self.dropped: list[Sequence[str]] = []

    async def get(self, key: str) -> CacheEntry | None:
        await self.may_get.wait()
        return await super().get(key)

    async def put(self, entry: CacheEntry, ttl_ms: int) -> None:
        await self.may_put.wait()
        await super().put(entry, ttl_ms)

    async def drop(self, tags: Sequence[str]) -> None:
        self.dropped.append(sorted(tags))


def body(response: web.Response) -> bytes:
    assert isinstance(response.body, bytes)
    return response.body


async def test_it_is_made_once_while_it_is_young() -> None:
    kitchen = Kitchen()
    assert body(await kitchen.ask()) == body(await kitchen.ask()) == b'{"number":1}'
    kitchen.clock.advance(999_000)
    assert body(await kitchen.ask()) == b'{"number":1}'
    kitchen.clock.advance(1_000)
    assert body(await kitchen.ask()) == b'{"number":2}'
    assert (kitchen.counts.hits, kitchen.counts.misses) == (2, 2)


async def test_another_version_or_key_is_another_answer() -> None:
    kitchen = Kitchen()
    asked = [("a", "1"), ("a", "2"), ("b", "2"), ("a", "2")]
    assert [body(await kitchen.ask(*each)) for each in asked] == [
        b'{"number":1}',
        b'{"number":2}',
        b'{"number":3}',
        b'{"number":2}',
    ]


@pytest.mark.parametrize("tag", ["one", "two"])
async def test_a_dropped_tag_counts_at_once(tag: str) -> None:
    kitchen = Kitchen()
    await kitchen.ask()
    kitchen.cache.drop(("three",))
    assert body(await kitchen.ask()) == b'{"number":1}'
    kitchen.cache.drop((tag,))
    assert body(await kitchen.ask()) == b'{"number":2}'


async def test_who_has_it_is_told_so() -> None:
    kitchen = Kitchen()
    etag = (await kitchen.ask()).headers["ETag"]
    for header in (etag, f'"other", W/{etag}'):
        same = await kitchen.ask(**{"If-None-Match": header})
        assert (same.status, same.body, same.headers["ETag"]) == (304, None, etag)
    assert (await kitchen.ask(**{"If-None-Match": '"other"'})).status == 200


async def test_what_depends_on_who_asks_is_marked_so() -> None:
    kitchen = Kitchen()
    public, private = await kitchen.ask(), await kitchen.ask(rule=PRIVATE)
    assert (public.headers["Cache-Control"], "Vary" in public.headers) == ("no-cache", False)
    assert private.headers["Cache-Control"] == "private, no-cache"
    assert private.headers["Vary"] == "Authorization, Cookie"


async def test_a_crowd_is_served_by_one_making() -> None:
    storage = Slow()
    kitchen = Kitchen(storage)
    crowd = [asyncio.create_task(kitchen.ask()) for _ in range(50)]
    await asyncio.sleep(0)
    storage.may_get.set()
    answers = await asyncio.gather(*crowd)
    assert {body(answer) for answer in answers} == {b'{"number":1}'}
    assert (kitchen.counts.hits, kitchen.counts.misses) == (49, 1)


async def test_the_crowd_does_not_depend_on_who_came_first() -> None:
    storage = Slow()
    kitchen = Kitchen(storage)
    crowd = [asyncio.create_task(kitchen.ask()) for _ in range(5)]
    await asyncio.sleep(0)
    crowd[0].cancel()
    storage.may_get.set()
    answers = await asyncio.gather(*crowd[1:])
    assert {body(answer) for answer in answers} == {b'{"number":1}'}


async def test_who_asks_after_a_change_is_not_given_what_was_made_before_it() -> None:
    storage = Slow()
    storage.may_get.set()
    storage.may_put.clear()
    kitchen = Kitchen(storage)
    first = asyncio.create_task(kitchen.ask())
    await asyncio.sleep(0)
    kitchen.cache.drop(("one",))
    second = asyncio.create_task(kitchen.ask())
    await asyncio.sleep(0)
    storage.may_put.set()
    assert body(await first) == b'{"number":1}'
    assert body(await second) == b'{"number":2}'
    assert body(await kitchen.ask()) == b'{"number":2}'


async def test_what_fails_is_not_kept() -> None:
    kitchen = Kitchen()

    def fail() -> Made:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            await kitchen.cache.answer(make_mocked_request("GET", "/"), PUBLIC, "a", fail)
    assert body(await kitchen.ask()) == b'{"number":1}'


async def test_for_this_once() -> None:
    kitchen = Kitchen()
    request = make_mocked_request("GET", "/")
    for number in (1, 2):
        made = Made(Board(number), is_kept=False)
        answer = await kitchen.cache.answer(request, PUBLIC, "a", lambda made=made: made)  # type: ignore[misc]
        assert body(answer) == b'{"number":%d}' % number


@pytest.mark.parametrize("is_shared", [False, True])
async def test_of_another_life_only_what_has_a_version_counts(is_shared: bool) -> None:
    """Where the place is shared it may be another server's, with other rooms."""
    storage = MemoryStorage(1 << 20)
    storage.is_shared = is_shared
    kitchen = Kitchen(storage)
    for version in ("", "e.7"):
        await kitchen.ask(version, version)
        held = await kitchen.storage.get(f"board:{version}")
        assert held is not None
        await kitchen.storage.put(replace(held, run="before", stamps=(99,)), 1_000)
    assert body(await kitchen.ask("e.7", "e.7")) == b'{"number":2}'
    assert body(await kitchen.ask("", "")) == b'{"number":3}'


async def test_a_shared_place_is_told_what_was_dropped_once_a_turn() -> None:
    storage = Slow()
    storage.is_shared = True
    kitchen = Kitchen(storage)
    kitchen.cache.drop(("one", "two"))
    kitchen.cache.drop(("three",))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert storage.dropped == [["one", "three", "two"]]
    await kitchen.cache.close()
