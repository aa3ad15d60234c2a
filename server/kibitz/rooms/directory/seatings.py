"""Who sits where, the other way round: the open rooms of a player."""

from collections.abc import Iterable

from kibitz.ids import PlayerId, RoomId
from kibitz.rooms.directory.heads import Listed
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update


class Seatings:
    """A `RoomListener`, told first what a start found."""

    def __init__(self) -> None:
        self._rooms: dict[PlayerId, dict[RoomId, None]] = {}
        self._players: dict[RoomId, tuple[PlayerId | None, ...]] = {}

    def begin(self, rooms: Iterable[Listed]) -> None:
        """Every open room, in order of creation."""
        for room in rooms:
            self._seat(room.room_id, room.players)

    def rooms_of(self, player: PlayerId) -> list[RoomId]:
        """In the order in which the player sat down."""
        return list(self._rooms.get(player, ()))

    def _seat(self, room_id: RoomId, players: tuple[PlayerId | None, ...]) -> None:
        before = self._players.get(room_id, ())
        if players == before:
            return
        self._players[room_id] = players
        for player in before:
            if player is not None and player not in players:
                self._unseat(room_id, player)
        for player in players:
            if player is not None:
                self._rooms.setdefault(player, {})[room_id] = None

    def _unseat(self, room_id: RoomId, player: PlayerId) -> None:
        rooms = self._rooms[player]
        del rooms[room_id]
        if not rooms:
            del self._rooms[player]

    # ------------------------------------------------------------ RoomListener

    def committed(self, room: Room, update: Update) -> None:
        if update.status_changed:
            self._seat(room.room_id, room.players)

    def reloaded(self, room: Room) -> None:
        self._seat(room.room_id, room.players)

    def closed(self, room: Room) -> None:
        for player in self._players.pop(room.room_id, ()):
            if player is not None:
                self._unseat(room.room_id, player)

    def presence_changed(self, room: Room) -> None:
        """Whoever is away keeps the seat."""

    def faulted(self, room: Room) -> None:
        """Whoever sits in it sits there still."""

    def mended(self, room: Room) -> None:
        """Whoever sits in it sits there still."""
