"""What is known about a room from its rows alone, without its game: closed rooms are read this way."""

from collections.abc import Sequence

from msgspec import Struct

from kibitz.ids import GameName, PlayerId, Version
from kibitz.journal.records import Event, EventKind, NewRoom


class ArchivedRoom(Struct, frozen=True):
    """`players` by seat: whoever had it last, None for a seat that was never taken."""

    game: GameName
    players: tuple[PlayerId | None, ...]
    version: Version
    match: int
    is_private: bool
    created_us: int
    last_event_us: int


def archived(record: NewRoom, events: Sequence[Event]) -> ArchivedRoom:
    """The room of which `events` is the whole history."""
    players: list[PlayerId | None] = [None] * record.seats
    match = 0
    for event in events:
        if event.kind is EventKind.JOINED and event.seat is not None:
            players[event.seat] = event.player_id
        match = event.match or match
    last = events[-1]
    return ArchivedRoom(
        record.game,
        tuple(players),
        last.version,
        match,
        record.is_private,
        record.created_us,
        last.at_us,
    )
