"""Takes rooms into memory that something may happen in, and puts back those that nobody needs.

Both a little at a time: a server with ten thousand rooms begins to serve at once, and looks at them
while it does. What a step costs is bounded, so that no player waits for it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from math import ceil

from kibitz.clock import Clock
from kibitz.ids import RoomKey, Version
from kibitz.rooms.directory.heads import Head
from kibitz.rooms.directory.loading import Loader
from kibitz.rooms.directory.shelf import Shelf
from kibitz.rooms.room import Room
from kibitz.rooms.services.services import ROOM_KINDS, SEAT_KINDS, UNJOINED, WAKE, Services

STEP_US = 4_000
EVERY_US = 20_000
"""So long at most rooms are loaded in one go, and so far apart these are while some wait for it."""
ROUND_US = 10_000_000
"""In so long each room in use is looked at once."""


class Rounds:
    """`use` takes a room into memory; `is_watched` tells of rooms that somebody follows from outside."""

    def __init__(
        self,
        services: Services,
        shelf: Shelf,
        loader: Loader,
        use: Callable[[Head], object],
        is_watched: Callable[[Room], bool],
    ) -> None:
        self._services = services
        self._clock: Clock = services.clock
        self._shelf = shelf
        self._loader = loader
        self._use = use
        self._is_watched = is_watched
        self._waiting: deque[RoomKey] = deque()
        self._quiet: dict[RoomKey, tuple[Version, int]] = {}
        """Since when which rooms in use have been quiet, at which version."""
        self._round: Iterator[Room] = iter(())
        self._per_step = 0.0
        self._round_began_us = self._stepped_us = services.time.now_us()

    def begin(self) -> None:
        """After the heads were read: see to every room."""
        for head in self._shelf.heads():
            if self._loader.acts_by_itself(head):
                self._waiting.append(head.key)
            elif head.unjoined_us is not None:
                self._services.deadlines.set((head.key, WAKE, 0), head.unjoined_us)

    def wake(self, key: RoomKey) -> None:
        """Something is due in a room that is not in use."""
        self._waiting.append(key)

    def asked_for(self, key: RoomKey) -> None:
        """Somebody holds this room in use, and may do something with it a little later."""
        self._quiet.pop(key, None)

    def next_us(self) -> int | None:
        """When `step` wants to be called, on the game's time; None: whenever something else is due."""
        return self._stepped_us + EVERY_US if self._waiting else None

    def step(self, now_us: int) -> None:
        self._load()
        self._look_around(now_us)
        self._stepped_us = now_us

    def _load(self) -> None:
        until_us = self._clock.monotonic_us() + STEP_US
        while self._waiting:
            held = self._shelf.get(self._waiting.popleft())
            if isinstance(held, Head):
                room = self._use(held)
                if isinstance(room, Room) and room.is_at_rest:
                    room.drop_what_is_only_shown()
            if self._clock.monotonic_us() >= until_us:
                return

    def _look_around(self, now_us: int) -> None:
        if now_us - self._round_began_us >= ROUND_US:
            rooms = list(self._shelf.rooms())
            self._round, self._round_began_us = iter(rooms), now_us
            self._per_step = len(rooms) / ROUND_US
            in_use = {room.key for room in rooms}  # without those that were closed meanwhile
            self._quiet = {key: since for key, since in self._quiet.items() if key in in_use}
        share = ceil(self._per_step * (now_us - self._stepped_us)) + 1
        for room in islice(self._round, share):
            self._look_at(room, now_us)

    def _look_at(self, room: Room, now_us: int) -> None:
        if self._shelf.room(room.key) is not room:
            self._quiet.pop(room.key, None)
            return
        if not room.is_at_rest or self._is_expected(room) or self._is_watched(room):
            self._quiet.pop(room.key, None)
            return
        version, since_us = self._quiet.get(room.key, (None, 0))
        if version != room.version:
            self._quiet[room.key] = (room.version, now_us)
            room.drop_what_is_only_shown()
        elif now_us - since_us >= self._services.config.rest_after_ms * 1000:
            due_us = self._due_us(room)
            if due_us is None or due_us - now_us >= self._services.config.rest_before_ms * 1000:
                self._put_back(room, due_us)

    def _is_expected(self, room: Room) -> bool:
        """Whether a player's grace lasts, or a bot is about to move."""
        of = self._services.deadlines.of
        return any(
            of((room.key, kind, seat)) is not None for kind in SEAT_KINDS for seat in range(len(room.players))
        )

    def _due_us(self, room: Room) -> int | None:
        due = (self._services.deadlines.of((room.key, kind, 0)) for kind in ROOM_KINDS)
        return min((us for us in due if us is not None), default=None)

    def _put_back(self, room: Room, due_us: int | None) -> None:
        deadlines = self._services.deadlines
        head = head_of_room(room, deadlines.of((room.key, UNJOINED, 0)))
        for kind in ROOM_KINDS:
            deadlines.cancel((room.key, kind, 0))
        if due_us is not None:
            deadlines.set((room.key, WAKE, 0), due_us)
        self._quiet.pop(room.key, None)
        self._shelf.put(head)


def head_of_room(room: Room, unjoined_us: int | None) -> Head:
    """The head of a room that is at rest."""
    return Head(
        room.record,
        room.status,
        room.epoch,
        room.version,
        room.match,
        room.players,
        room.last_event_us,
        room.clock_since_us,
        unjoined_us,
    )
