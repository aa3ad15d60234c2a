"""The running clocks of a room: what they charge, whether one fell, and when one is due to fall.

A player's answer is on its way for as long as its latency, and that is nobody's thinking: a clock is
charged so much less, within a bound, and falls so much later.
"""

from collections.abc import Callable

from msgspec import Struct

from kibitz.ids import RoomKey, Seat
from kibitz.rooms.fold import clocks
from kibitz.rooms.fold.state import ClockState, RoomState
from kibitz.rooms.services.services import FLAG, Services


class Fallen(Struct, frozen=True):
    """A clock that ran out; `seat` None: that of the phase. `spent_ms` is what it is charged with it."""

    seat: Seat | None
    spent_ms: int


def runs_anew(before: RoomState, after: RoomState) -> bool:
    """Whether other clocks run than before."""
    old, new = before.clock, after.clock
    if old is new or new is None:
        return False
    if old is None or old.running != new.running:
        return True
    return (old.running_seats, old.phase_ms, old.is_standing) != (
        new.running_seats,
        new.phase_ms,
        new.is_standing,
    )


class Flag:
    """The clocks of one room, and the one deadline that they need.

    `lag_ms` tells how long what a seat sends is on its way, within the bound.
    """

    def __init__(self, key: RoomKey, services: Services, lag_ms: Callable[[Seat], int]) -> None:
        self._key = (key, FLAG, 0)
        self._deadlines = services.deadlines
        self._lag_ms = lag_ms

    def spent_ms(self, state: RoomState, seat: Seat, since_us: int, now_us: int) -> int | None:
        """What an action of `seat` is charged, for clocks that run since `since_us`. None: no clock is."""
        clock = state.clock
        if clock is None:
            return None
        elapsed_ms = (now_us - since_us) // 1000
        if clock.running_seats is not None:
            return elapsed_ms + clock.used_ms[seat] if clock.is_running else None
        if clock.running != seat:
            return None
        return min(max(0, elapsed_ms - self._lag_ms(seat)), clock.remaining_ms[seat])

    def charged_ms(self, state: RoomState, since_us: int, now_us: int) -> int | None:
        """What the clocks that run are charged by what is no action. None: none runs."""
        clock = state.clock
        if clock is None or not clock.is_running:
            return None
        elapsed_ms = (now_us - since_us) // 1000
        if clock.running_seats is None and clock.running is not None:
            return min(elapsed_ms, clock.remaining_ms[clock.running])
        return elapsed_ms

    def fallen(self, state: RoomState, since_us: int, now_us: int) -> Fallen | None:
        """The clock that has run out by now, if there is one."""
        clock = state.clock
        due_ms = clocks.due_in_ms(clock)
        elapsed_us = now_us - since_us
        if clock is None or due_ms is None or elapsed_us < due_ms * 1000:
            return None
        if elapsed_us < self._falls_in_ms(clock, due_ms) * 1000:
            return None
        if clock.running_seats is None:
            return None if clock.running is None else Fallen(clock.running, due_ms)
        if clock.phase_ms is not None:
            return Fallen(None, elapsed_us // 1000)
        seat = min(clock.running_seats, key=lambda each: clock.remaining_ms[each] + self._lag_ms(each))
        return Fallen(seat, elapsed_us // 1000 + clock.used_ms[seat])

    def set(self, state: RoomState, since_us: int, earliest_us: int = 0) -> None:
        """As the clocks of `state` say, which run since `since_us`; not before `earliest_us`."""
        clock = state.clock
        if clock is None:
            return
        due_ms = clocks.due_in_ms(clock)
        if due_ms is None:
            self.cancel()
        else:
            self._deadlines.set(self._key, max(since_us + due_ms * 1000, earliest_us))

    def wait_for_lag(self, state: RoomState, since_us: int) -> None:
        """The deadline came, but what may still be on its way is waited for."""
        due_ms = clocks.due_in_ms(state.clock)
        if state.clock is not None and due_ms is not None:
            self._deadlines.set(self._key, since_us + self._falls_in_ms(state.clock, due_ms) * 1000)

    def cancel(self) -> None:
        self._deadlines.cancel(self._key)

    def _falls_in_ms(self, clock: ClockState, due_ms: int) -> int:
        """As `clocks.due_in_ms` says, and as long as an answer may be on its way; that of the phase waits
        for the slowest of those who are to move."""
        if clock.running_seats is None:
            return due_ms if clock.running is None else due_ms + self._lag_ms(clock.running)
        if clock.phase_ms is not None:
            return due_ms + max(map(self._lag_ms, clock.running_seats), default=0)
        return min(clock.remaining_ms[seat] + self._lag_ms(seat) for seat in clock.running_seats)
