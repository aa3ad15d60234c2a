"""A bounded stream of what happened, for one reader each."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")

KEPT_MAX = 1024
"""A reader that falls further behind loses the oldest, and `missed` says how many."""


class Subscription(AsyncIterator[T], Generic[T]):
    """Iterate over it; it ends when its source is closed. `close` it when done with it earlier."""

    def __init__(self, kept_max: int = KEPT_MAX) -> None:
        self._items: deque[T] = deque(maxlen=kept_max)
        self._waiting: asyncio.Future[None] | None = None
        self._ended = False
        self.missed = 0

    def put(self, item: T) -> None:
        """Called by the source."""
        if self._ended:
            return
        if len(self._items) == self._items.maxlen:
            self.missed += 1
        self._items.append(item)
        self._wake()

    def close(self) -> None:
        """What was put before is still read, then the iteration ends."""
        self._ended = True
        self._wake()

    @property
    def is_closed(self) -> bool:
        return self._ended

    async def __anext__(self) -> T:
        while not self._items:
            if self._ended:
                raise StopAsyncIteration
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        return self._items.popleft()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
