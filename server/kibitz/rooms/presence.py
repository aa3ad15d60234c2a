"""Who is there: connections per seat as `play` reports them, and what follows for each seat."""

from typing import Literal

from msgspec import Struct

from kibitz.ids import PlayerId, Seat, SocketId


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


class Presence:
    """The connections of one room. Nothing of this is journalled."""

    spectators: int
    """Connections that watch."""

    def attach(
        self, socket: SocketId, player: PlayerId, seat: Seat | None, transport: str
    ) -> SocketId | None:
        """`socket` takes part now. Returns the older connection that it replaces on its seat, which
        watches from now on (newest wins): tell it `superseded`."""
        raise NotImplementedError

    def detach(self, socket: SocketId) -> None:
        """`socket` is gone, or left. Unknown ones are ignored."""
        raise NotImplementedError

    def measured(self, socket: SocketId, *, latency_ms: int | None, transport: str) -> None:
        """The newest latency and transport of a connection. Not worth a call per ping: on change."""
        raise NotImplementedError

    def may_act(self, socket: SocketId) -> bool:
        """Whether this is the connection that holds its player's seat."""
        raise NotImplementedError

    def seats(self) -> tuple[SeatStatus, ...]:
        """One entry per seat, in order, from committed state."""
        raise NotImplementedError
