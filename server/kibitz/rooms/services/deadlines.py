"""What is due when: a heap that holds about one entry for each key, however often a key is put off.

Clocks are put off at every move and hardly ever fall. So a later instant for a key that is queued
already is only noted; when its entry comes up, it is queued again for the instant noted.
"""

import heapq
from typing import Generic, TypeVar

_SLACK = 64
"""So many entries that nobody needs are kept before they are cleared away."""

KeyT = TypeVar("KeyT", bound=tuple[object, ...])


class Deadlines(Generic[KeyT]):
    """Instants are microseconds of `GameTime`."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, KeyT]] = []
        self._due: dict[KeyT, int] = {}
        self._queued: dict[KeyT, int] = {}
        self._count = 0  # keys need no order of their own

    def set(self, key: KeyT, due_us: int) -> None:
        """`key` is due at `due_us`, and not at an instant set before."""
        self._due[key] = due_us
        queued = self._queued.get(key)
        if queued is None or queued > due_us:
            self._push(key, due_us)

    def cancel(self, key: KeyT) -> None:
        self._due.pop(key, None)

    def of(self, key: KeyT) -> int | None:
        """When `key` is due; None where it is not."""
        return self._due.get(key)

    def due(self, now_us: int) -> list[KeyT]:
        """The keys whose instant has come, in its order; they are forgotten."""
        found: list[KeyT] = []
        while self._heap and self._heap[0][0] <= now_us:
            queued_us, _, key = heapq.heappop(self._heap)
            if self._queued.get(key) != queued_us:
                continue  # queued again for an earlier instant meanwhile
            del self._queued[key]
            due_us = self._due.get(key)
            if due_us is None:
                continue
            if due_us > now_us:
                self._push(key, due_us)
            else:
                del self._due[key]
                found.append(key)
        return found

    def next_us(self) -> int | None:
        """When to look again: never later than the next deadline, sometimes earlier."""
        return self._heap[0][0] if self._heap else None

    def __len__(self) -> int:
        return len(self._due)

    def _push(self, key: KeyT, due_us: int) -> None:
        if len(self._heap) > 2 * len(self._due) + _SLACK:
            self._tidy()
        self._count += 1
        self._queued[key] = due_us
        heapq.heappush(self._heap, (due_us, self._count, key))

    def _tidy(self) -> None:
        """Drop what was cancelled or put off: a room that comes and goes leaves entries days ahead."""
        self._queued = dict(self._due)
        self._heap = [(due_us, number, key) for number, (key, due_us) in enumerate(self._due.items())]
        heapq.heapify(self._heap)
        self._count = len(self._heap)
