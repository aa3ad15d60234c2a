"""Whether moves can be stored, as the rooms' commits show it: a `RoomListener`."""

from kibitz.clock import Clock
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update

DOUBT_US = 5_000_000


class Storage:
    """Fails from a failed commit until the next good one, or until `DOUBT_US` without either: whoever
    sends players elsewhere because of it would otherwise wait for a move that nobody makes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed_us: int | None = None

    @property
    def is_failing(self) -> bool:
        return self._failed_us is not None and self._clock.monotonic_us() - self._failed_us < DOUBT_US

    def reloaded(self, room: Room) -> None:
        self._failed_us = self._clock.monotonic_us()

    def committed(self, room: Room, update: Update) -> None:
        self._failed_us = None

    def presence_changed(self, room: Room) -> None:
        """Says nothing about storage."""

    def faulted(self, room: Room) -> None:
        """The game's fault, not the disk's."""

    def mended(self, room: Room) -> None:
        """The game's fault, not the disk's."""

    def closed(self, room: Room) -> None:
        """Was committed before it."""
