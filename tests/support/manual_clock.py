"""A clock that stands still until a test moves it."""


class ManualClock:
    """Both readings move together; `jump` moves the wall alone, as an operator or NTP does."""

    def __init__(self, wall_us: int = 1_800_000_000_000_000) -> None:
        self._wall_us = wall_us
        self._monotonic_us = 5_000_000

    def now_us(self) -> int:
        return self._wall_us

    def monotonic_us(self) -> int:
        return self._monotonic_us

    def advance(self, us: int) -> None:
        self._wall_us += us
        self._monotonic_us += us

    def jump(self, us: int) -> None:
        self._wall_us += us
