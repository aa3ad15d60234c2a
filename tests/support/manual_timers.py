"""Timers and a clock that move only when a test says so."""

from collections.abc import Callable


class ManualTimer:
    def __init__(self, due_ms: int, callback: Callable[[], None]) -> None:
        self.due_ms = due_ms
        self.callback = callback
        self.is_over = False

    def cancel(self) -> None:
        self.is_over = True


class ManualTimers:
    """Fall in the order of their time; what a callback starts may fall in the same `advance`."""

    def __init__(self) -> None:
        self.now_ms = 0
        self._timers: list[ManualTimer] = []

    def call_later(self, delay_ms: int, callback: Callable[[], None]) -> ManualTimer:
        timer = ManualTimer(self.now_ms + delay_ms, callback)
        self._timers.append(timer)
        return timer

    @property
    def waiting_ms(self) -> list[int]:
        """How long each timer still has, the next one first."""
        return sorted(timer.due_ms - self.now_ms for timer in self._timers if not timer.is_over)

    def advance(self, by_ms: int) -> None:
        until = self.now_ms + by_ms
        while True:
            self._timers = [timer for timer in self._timers if not timer.is_over]
            due = [timer for timer in self._timers if timer.due_ms <= until]
            if not due:
                break
            timer = min(due, key=lambda one: one.due_ms)
            self.now_ms = max(self.now_ms, timer.due_ms)
            timer.is_over = True
            timer.callback()
        self.now_ms = until
