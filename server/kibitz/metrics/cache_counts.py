"""What a cache counts of itself: its owner adds, the scrape and the samples read."""


class CacheCounts:
    """`hits` were answered from the cache, `misses` had to be made."""

    __slots__ = ("hits", "misses")

    def __init__(self) -> None:
        self.hits = 0
        self.misses = 0
