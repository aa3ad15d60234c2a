"""A finished match taken up again at any of its moves, in a room of its own.

The fork begins with the game's state as it was then, and with a chance of its own. All that its fold
needs stands in its own events: the room that it came from may be gone.
"""

from base64 import b64encode
from collections.abc import Sequence

from msgspec import Struct

from kibitz.codes import Code
from kibitz.ids import PlayerId, Version
from kibitz.journal.records import Event, NewRoom
from kibitz.rooms.fold.effective import effective, still_counts
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.state import ForkOrigin, ForkPoint


class ForkWishes(Struct, frozen=True):
    """What a fork is asked to be. `bots` take the last seats."""

    host: PlayerId
    bots: int = 0
    is_private: bool = False


def fork_point(record: NewRoom, events: Sequence[Event], fold: Fold, version: Version) -> ForkPoint | Code:
    """What a fork at `version` begins with; `events` are the room's whole history.

    `wrong_phase`: no match was on then, it is not over yet, or that version was taken back.
    `forbidden`: its seats hide something from each other for good, which whoever takes one would see.
    Raises what the game's code raises, and `FoldError`.
    """
    counting = effective(events)
    found = next((event for event in counting if event.version == version), None)
    if found is None or found.match is None or found.outcome is not None or not still_counts(events, version):
        return Code.WRONG_PHASE
    if not any(event.match == found.match and event.outcome is not None for event in counting):
        return Code.WRONG_PHASE
    game = fold.referee.game
    if game.views_differ and not game.open_after:
        return Code.FORBIDDEN
    upto = [event for event in events if event.version <= version]
    state = fold.all(upto)
    if state.state is None or not state.is_match_on:
        return Code.WRONG_PHASE
    encoded = b64encode(fold.referee.encode_state(state.state)).decode("ascii")
    return ForkPoint(ForkOrigin(record.room_id, version), encoded, state.clock)
