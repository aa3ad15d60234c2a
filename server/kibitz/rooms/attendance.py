"""What a room does about who is there: the grace of seats, and how long it waits for anybody."""

from collections.abc import Callable

from kibitz.ids import RoomKey, Seat
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.presence import Presence
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.services.services import GRACE, UNJOINED, Services


def patience_ms(status: Status, config: RoomsConfig) -> int:
    """How long a room is kept open for nobody. A match that is on, and a fault that an admin should
    see, for days."""
    if status is Status.WAITING:
        return config.waiting_unjoined_ms
    if status is Status.FINISHED:
        return config.finished_unjoined_ms
    return config.playing_unjoined_ms


class Attendance:
    def __init__(
        self, services: Services, key: RoomKey, presence: Presence, status: Callable[[], Status]
    ) -> None:
        self._services = services
        self._key = key
        self._presence = presence
        self._status = status

    @property
    def is_unwanted(self) -> bool:
        """Whether nobody is there. Until when that matters, `patience_ms` says."""
        return self._presence.is_empty

    def grace(self, seat: Seat, begins: bool) -> None:
        """Start or stop the grace of a seat."""
        key = (self._key, GRACE, int(seat))
        if begins:
            due_us = self._services.time.now_us() + self._services.config.presence_grace_ms * 1000
            self._services.deadlines.set(key, due_us)
        else:
            self._services.deadlines.cancel(key)

    def set_unjoined(self) -> None:
        """Note when the room closes if nobody comes."""
        key = (self._key, UNJOINED, 0)
        if not self.is_unwanted:
            self._services.deadlines.cancel(key)
            return
        wait_us = patience_ms(self._status(), self._services.config) * 1000
        self._services.deadlines.set(key, self._services.time.now_us() + wait_us)
