"""What a room is after an event: frozen, so that older states can be kept and shared for nothing."""

from msgspec import Struct

from kibitz.ids import PlayerId, Seat, Version
from kibitz.rooms.lifecycle import Status
from kibitz.rules import State


class ClockState(Struct, frozen=True, gc=False):
    """`remaining_ms` per seat as of the state's event; `running` the seat whose clock runs since."""

    remaining_ms: tuple[int, ...]
    running: Seat | None


class RoomState(Struct, frozen=True):
    """Everything that the fold of a room's events makes. Nothing in it depends on when it is read.

    `state` is the game's, of the running or the last match; `wants_rematch` is per seat.
    """

    version: Version
    at_us: int
    status: Status
    players: tuple[PlayerId | None, ...]
    wants_rematch: tuple[bool, ...]
    match: int = 0
    state: State | None = None
    clock: ClockState | None = None

    def seat_of(self, player: PlayerId) -> Seat | None:
        return Seat(self.players.index(player)) if player in self.players else None

    @property
    def is_full(self) -> bool:
        return None not in self.players

    def phase(self) -> str | None:
        """The game's phase; None where no match is on."""
        return self.state.phase if self.state is not None and self.status is Status.PLAYING else None


def changed_for_presence(before: RoomState, after: RoomState) -> bool:
    return (
        before.status is not after.status
        or before.players != after.players
        or before.wants_rematch != after.wants_rematch
    )
