"""Who may sit where. Seats belong to players, never to connections or to ids in a message."""

from kibitz.codes import Code
from kibitz.ids import PlayerId, Seat
from kibitz.journal.records import EventKind
from kibitz.rooms.fold.lifecycle import allows
from kibitz.rooms.fold.state import RoomState


def choose_seat(
    state: RoomState, player: PlayerId, wanted: Seat | None, *, must_play: bool
) -> Seat | Code | None:
    """The seat to give to `player` (who may have it already), None to let them watch, or why not:
    `forbidden` to whom an admin took a seat away.

    Without `must_play` nobody is refused: who cannot sit watches.
    """
    own = state.seat_of(player)
    if own is not None:
        return own
    if player in state.kicked:
        return Code.FORBIDDEN if must_play else None
    free = [Seat(seat) for seat, owner in enumerate(state.players) if owner is None]
    if not allows(state.status, EventKind.JOINED) or not free:
        return Code.ROOM_FULL if must_play else None
    if wanted is None:
        return free[0]
    if wanted in free:
        return wanted
    return Code.SEAT_TAKEN if must_play else None
