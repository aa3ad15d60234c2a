"""When each tag was dropped last, counted in drops."""

from collections.abc import Iterable

_TAGS_MOST = 50_000


class Stamps:
    """What was made under other stamps is untrue. Bounded: where there are too many tags, all are dropped."""

    def __init__(self) -> None:
        self._count = 0
        self._floor = 0
        self._stamps: dict[str, int] = {}

    def drop(self, tags: Iterable[str]) -> None:
        self._count += 1
        for tag in tags:
            self._stamps[tag] = self._count
        if len(self._stamps) > _TAGS_MOST:
            self._stamps.clear()
            self._floor = self._count

    def of(self, tags: Iterable[str]) -> tuple[int, ...]:
        stamps, floor = self._stamps, self._floor
        return tuple(stamps.get(tag, floor) for tag in tags)
