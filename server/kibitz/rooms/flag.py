"""The running clock of a room: what it charges, whether it fell, and when it is due to fall."""

from kibitz.ids import RoomKey, Seat
from kibitz.rooms.services import FLAG, Services
from kibitz.rooms.state import RoomState


def spent_ms(state: RoomState, since_us: int, now_us: int) -> int | None:
    """What the clock that runs since `since_us` has counted; never more than it had. None: none runs."""
    clock = state.clock
    if clock is None or clock.running is None:
        return None
    return min((now_us - since_us) // 1000, clock.remaining_ms[clock.running])


def fallen(state: RoomState, since_us: int, now_us: int) -> Seat | None:
    """The seat whose clock has run out by now."""
    clock = state.clock
    if clock is None or clock.running is None:
        return None
    is_over = now_us - since_us >= clock.remaining_ms[clock.running] * 1000
    return clock.running if is_over else None


def runs_anew(before: RoomState, after: RoomState) -> bool:
    """Whether another seat's clock runs than before."""
    running_before = None if before.clock is None else before.clock.running
    running_after = None if after.clock is None else after.clock.running
    return running_before != running_after


class Flag:
    """The deadline of one room's clocks: at most one of them runs."""

    def __init__(self, key: RoomKey, services: Services) -> None:
        self._key = (key, FLAG, 0)
        self._deadlines = services.deadlines

    def set(self, state: RoomState, since_us: int, earliest_us: int = 0) -> None:
        """As the clock of `state` says, which runs since `since_us`; not before `earliest_us`."""
        clock = state.clock
        if clock is None:
            return
        if clock.running is None:
            self.cancel()
        else:
            due_us = since_us + clock.remaining_ms[clock.running] * 1000
            self._deadlines.set(self._key, max(due_us, earliest_us))

    def cancel(self) -> None:
        self._deadlines.cancel(self._key)
