"""How many rooms are open, by status."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice

from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.directory.heads import Listed
from kibitz.rooms.fold.lifecycle import Status

AT_ONCE = 2_000
"""Counted in one call, which then takes a millisecond or so. With more the count goes on step by step."""
STEP = 250
"""Counted in one of ten steps a second: players wait meanwhile."""

_SHOWN = (Status.WAITING, Status.PLAYING, Status.PAUSED, Status.FINISHED, Status.FAULTED)


class RoomCounts:
    """Where there are many rooms, the counts are those of the last complete pass."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._rest: Iterator[Listed] = iter(())
        self._under_way: Counter[str] = Counter()
        self._last: Mapping[str, int] = {}

    def counts(self) -> dict[str, int]:
        """By status; all of them are there."""
        if self._directory.open_rooms <= AT_ONCE:
            found: Mapping[str, int] = Counter(held.status for held in self._directory.all())
        else:
            found = self._last
        return {status.value: found.get(status, 0) for status in _SHOWN}

    def step(self) -> None:
        """Count some more, where there are many."""
        if self._directory.open_rooms <= AT_ONCE:
            return
        some = list(islice(self._rest, STEP))
        if some:
            self._under_way.update(held.status for held in some)
        else:
            self._last, self._under_way = self._under_way, Counter()
            self._rest = iter(self._directory.all())
