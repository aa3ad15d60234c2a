"""Who is there: connections per seat as `play` reports them, and what follows for each seat."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from kibitz.ids import PlayerId, Seat, SocketId, is_bot, is_house_bot
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import RoomState


class SeatStatus(Struct, frozen=True):
    """`status` is of the player's best connection; a server-side bot is always `connected`.

    `reconnecting` lasts for the grace (30 s) after the last connection went; then `disconnected`.
    """

    seat: Seat
    player: PlayerId | None
    is_bot: bool
    status: Literal["connected", "reconnecting", "disconnected"]
    latency_ms: int | None
    transport: str | None
    wants_rematch: bool
    is_substituted: bool = False
    """A brain plays for the player, who is away."""


@dataclass(slots=True)
class _Connection:
    player: PlayerId
    seat: Seat | None
    transport: str
    latency_ms: int | None = None


class Presence:
    """The connections of one room. Nothing of this is journalled.

    `committed` gives the state whose seats are shown; `changed` is called whenever `seats` or
    `spectators` would say something else; `grace` starts (True) or stops the grace of a seat.
    """

    def __init__(
        self,
        committed: Callable[[], RoomState],
        changed: Callable[[], None],
        grace: Callable[[Seat, bool], None],
    ) -> None:
        self._committed = committed
        self._changed = changed
        self._grace = grace
        self._connections: dict[SocketId, _Connection] = {}
        self._holders: dict[Seat, SocketId] = {}
        self._in_grace: set[Seat] = set()
        self.has_substitutes = False
        """Whether brains play for players who are away."""

    @property
    def spectators(self) -> int:
        """Connections that watch."""
        return len(self._connections) - len(self._holders)

    def watching(self, most: int) -> list[PlayerId]:
        """Who watches and has no seat, each once, in the order they came; at most `most` of them."""
        seated = set(self._committed().players)
        found: dict[PlayerId, None] = {}
        for connection in self._connections.values():
            if connection.player not in seated:
                found[connection.player] = None
                if len(found) == most:
                    break
        return list(found)

    @property
    def is_empty(self) -> bool:
        """Whether no connection is here at all."""
        return not self._connections

    def attach(
        self, socket: SocketId, player: PlayerId, seat: Seat | None, transport: str
    ) -> SocketId | None:
        """`socket` takes part now. Returns the older connection that it replaces on its seat, which
        watches from now on (newest wins): tell it `superseded`."""
        self._drop(socket)
        older = None
        if seat is not None:
            older = self._holders.pop(seat, None)
            if older is not None:
                self._connections[older].seat = None
            self._holders[seat] = socket
            self._end_grace(seat)
        self._connections[socket] = _Connection(player, seat, transport)
        self._changed()
        return older

    def detach(self, socket: SocketId) -> None:
        """`socket` is gone, or left. Unknown ones are ignored."""
        if self._drop(socket):
            self._changed()

    def measured(self, socket: SocketId, *, latency_ms: int | None, transport: str) -> None:
        """The newest latency and transport of a connection. Not worth a call per ping: on change."""
        connection = self._connections.get(socket)
        if connection is None:
            return
        if (connection.latency_ms, connection.transport) != (latency_ms, transport):
            connection.latency_ms, connection.transport = latency_ms, transport
            self._changed()

    def seats(self) -> tuple[SeatStatus, ...]:
        """One entry per seat, in order, from committed state."""
        state = self._committed()
        return tuple(
            self._status(Seat(number), player, wants_rematch=state.wants_rematch[number])
            for number, player in enumerate(state.players)
        )

    def latency_ms(self, seat: Seat) -> int:
        """Ping to pong of the connection that has the seat, as last measured; 0 where none is known."""
        holder = self._holders.get(seat)
        return 0 if holder is None else self._connections[holder].latency_ms or 0

    def round_trip_ms(self, seat: Seat) -> int | None:
        """As `latency_ms`; None where none was measured yet."""
        holder = self._holders.get(seat)
        return None if holder is None else self._connections[holder].latency_ms

    def is_away(self, seat: Seat) -> bool:
        """Whether the seat is a player's who has no connection here."""
        player = self._committed().players[seat]
        return player is not None and not is_house_bot(player) and self._best(seat, player) is None

    # ------------------------------------------------------------ for the room

    def seat_freed(self, seat: Seat) -> None:
        """The player of `seat` left it; a connection of theirs watches."""
        holder = self._holders.pop(seat, None)
        if holder is not None:
            self._connections[holder].seat = None
        self._end_grace(seat)

    def await_players(self) -> None:
        """After a restart nobody is connected yet, and everybody is expected back."""
        for number, player in enumerate(self._committed().players):
            if player is not None and not is_house_bot(player):
                self._begin_grace(Seat(number))

    def grace_over(self, seat: Seat) -> None:
        if seat in self._in_grace:
            self._in_grace.discard(seat)
            self._changed()

    # ------------------------------------------------------------ inside

    def _status(self, seat: Seat, player: PlayerId | None, *, wants_rematch: bool) -> SeatStatus:
        if player is None:
            return SeatStatus(seat, None, False, "disconnected", None, None, False)
        if is_house_bot(player):
            return SeatStatus(seat, player, True, "connected", None, None, wants_rematch)
        best = self._best(seat, player)
        if best is not None:
            return SeatStatus(
                seat, player, is_bot(player), "connected", best.latency_ms, best.transport, wants_rematch
            )
        status: Literal["reconnecting", "disconnected"] = (
            "reconnecting" if seat in self._in_grace else "disconnected"
        )
        is_substituted = self.has_substitutes and self._committed().status is Status.PLAYING
        return SeatStatus(seat, player, is_bot(player), status, None, None, wants_rematch, is_substituted)

    def _best(self, seat: Seat, player: PlayerId) -> _Connection | None:
        holder = self._holders.get(seat)
        if holder is not None:
            return self._connections[holder]
        return next((c for c in self._connections.values() if c.player == player), None)

    def _drop(self, socket: SocketId) -> bool:
        connection = self._connections.pop(socket, None)
        if connection is None:
            return False
        if connection.seat is not None and self._holders.get(connection.seat) == socket:
            del self._holders[connection.seat]
        state = self._committed()
        seat = state.seat_of(connection.player)
        if seat is not None and self._best(seat, connection.player) is None:
            self._begin_grace(seat)
        return True

    def _begin_grace(self, seat: Seat) -> None:
        self._in_grace.add(seat)
        self._grace(seat, True)

    def _end_grace(self, seat: Seat) -> None:
        if seat in self._in_grace:
            self._in_grace.discard(seat)
            self._grace(seat, False)
