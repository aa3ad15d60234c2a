"""What makes kept answers untrue: hears rooms, ratings and names, and drops their tags.

Moves drop nothing: a room's answer carries the version it tells of, and the list of rooms, which shows
versions too, is never older than its rule says. So a move costs the cache nothing.
"""

from collections.abc import Callable, Iterable

from kibitz.http.cache.responses import ResponseCache
from kibitz.http.cache.rules import ROOMS_TAG, board_tag, player_tag, room_tag
from kibitz.ids import GameName, PlayerId, RoomId
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update


class Freshness:
    """A `RoomListener`. `rooms_of` gives the open rooms in which a player has a seat."""

    def __init__(self, cache: ResponseCache, rooms_of: Callable[[PlayerId], list[RoomId]]) -> None:
        self._cache = cache
        self._rooms_of = rooms_of

    def room_made(self) -> None:
        """A room that nobody has sat down in yet."""
        self._cache.drop((ROOMS_TAG,))

    def renamed(self, player: PlayerId) -> None:
        rooms = [room_tag(room_id) for room_id in self._rooms_of(player)]
        self._cache.drop((ROOMS_TAG, player_tag(player), *rooms))

    def rated(self, games: Iterable[GameName], players: Iterable[PlayerId]) -> None:
        self._cache.drop((*map(board_tag, games), *map(player_tag, players)))

    # ------------------------------------------------------------ RoomListener

    def committed(self, room: Room, update: Update) -> None:
        if update.status_changed:
            self._changed(room)

    def presence_changed(self, room: Room) -> None:
        self._cache.drop((room_tag(room.room_id),))

    def reloaded(self, room: Room) -> None:
        self._changed(room)

    def faulted(self, room: Room) -> None:
        self._changed(room)

    def mended(self, room: Room) -> None:
        self._changed(room)

    def closed(self, room: Room) -> None:
        self._changed(room)

    def _changed(self, room: Room) -> None:
        own = room_tag(room.room_id)
        self._cache.drop((own,) if room.is_private else (own, ROOMS_TAG))
