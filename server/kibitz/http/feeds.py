"""Who follows which room, and what they are told."""

import asyncio
from collections import Counter

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.http.catalog import Names
from kibitz.http.feed_entries import Entry, closed_entry, patch_entry, seats_entry, snapshot_entry
from kibitz.http.problems import ProblemError
from kibitz.ids import PlayerId, RoomId
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update

WAITING_MOST = 64
FOLLOWERS_MOST = 1000
FOLLOWERS_PER_ADDRESS = 100
"""So that one page that opens streams without end does not take all of them."""
RETRY_MS = 5_000

Follower = asyncio.Queue[Entry | None]


class Feeds:
    """Who follows which room; a `RoomListener`. A follower that reads too slowly is cut off."""

    def __init__(self, names: Names, clock: Clock) -> None:
        self._names = names
        self._clock = clock
        self._players: dict[RoomId, tuple[PlayerId | None, ...]] = {}
        """Who sits in the rooms that are followed, as was told last."""
        self._followers: dict[RoomId, set[Follower]] = {}
        self._count = 0
        self._by_address: Counter[str] = Counter()

    @property
    def followers(self) -> int:
        """How many streams are open."""
        return self._count

    def is_followed(self, room: Room) -> bool:
        return room.room_id in self._followers

    def follow(self, room: Room, address: str) -> Follower:
        """Raises `ProblemError`: the server (`room_busy`) or the address (`rate_limited`) has too many."""
        if self._count >= FOLLOWERS_MOST:
            raise ProblemError(Code.ROOM_BUSY, "Too many follow rooms here; try again later.")
        if self._by_address[address] >= FOLLOWERS_PER_ADDRESS:
            raise ProblemError(
                Code.RATE_LIMITED, "Too many follow rooms from your address.", retry_ms=RETRY_MS
            )
        follower: Follower = asyncio.Queue(WAITING_MOST)
        self._followers.setdefault(room.room_id, set()).add(follower)
        self._players.setdefault(room.room_id, room.players)
        self._count += 1
        self._by_address[address] += 1
        return follower

    def unfollow(self, room: Room, follower: Follower, address: str) -> None:
        followers = self._followers.get(room.room_id, set())
        if follower in followers:
            followers.discard(follower)
            self._count -= 1
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
        if not followers:
            self._followers.pop(room.room_id, None)
            self._players.pop(room.room_id, None)

    def seats(self, room: Room) -> Entry:
        """Who sits there now."""
        return seats_entry(room, self._names, self._clock.now_us() // 1000)

    def close(self) -> None:
        """End every stream: the server drains."""
        for followers in self._followers.values():
            for follower in followers:
                _end(follower)

    def committed(self, room: Room, update: Update) -> None:
        if room.is_delayed:
            self._tell_seats(room)
        else:
            self.released(room, update)

    def released(self, room: Room, update: Update) -> None:
        followers = self._followers.get(room.room_id)
        if not followers:
            return
        if update.needs_snapshot():
            entry = snapshot_entry(room, room.catch_up(None, None))
        else:
            entry = patch_entry(room, update.patch(room.viewer_class(None)))
        self._tell_seats(room)
        _tell(followers, entry)

    def presence_changed(self, room: Room) -> None:
        self._tell_seats(room)

    def _tell_seats(self, room: Room) -> None:
        followers = self._followers.get(room.room_id)
        if followers and self._players.get(room.room_id) != room.players:
            self._players[room.room_id] = room.players
            _tell(followers, self.seats(room))

    def reloaded(self, room: Room) -> None:
        """What was sent still holds."""

    def faulted(self, room: Room) -> None:
        """The stream stays, and stays quiet."""

    def mended(self, room: Room) -> None:
        followers = self._followers.get(room.room_id)
        if followers:
            _tell(followers, snapshot_entry(room, room.catch_up(None, None)))

    def closed(self, room: Room) -> None:
        if room.is_behind:
            return
        followers = self._followers.get(room.room_id, set())
        _tell(followers, closed_entry(room))
        for follower in followers:
            _finish(follower)


def _tell(followers: set[Follower], entry: Entry) -> None:
    for follower in followers:
        try:
            follower.put_nowait(entry)
        except asyncio.QueueFull:
            _end(follower)


def _finish(follower: Follower) -> None:
    """End it after what it waits for."""
    try:
        follower.put_nowait(None)
    except asyncio.QueueFull:
        _end(follower)


def _end(follower: Follower) -> None:
    while follower.full():
        follower.get_nowait()
    follower.put_nowait(None)
