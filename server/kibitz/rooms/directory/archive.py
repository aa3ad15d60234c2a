"""What is known about a room from its rows alone, whatever became of it: closed rooms are read this way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from kibitz.codes import Code
from kibitz.ids import GameName, PlayerId, RoomId, Version
from kibitz.journal.journal import BEGINNING, Journal
from kibitz.journal.records import Event, EventKind, NewRoom
from kibitz.rooms.answers import Refused, refused
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.guard.guard import FAULTS, Doing, Guard
from kibitz.rules import Game, Referee

ROWS_AT_ONCE = 250
"""Reading them takes about as long as anybody may keep the event loop to themselves."""


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


class Archive:
    """Rooms as the journal has them, open, closed or refused, with the fold of their game."""

    def __init__(self, journal: Journal, games: Mapping[GameName, Game[Any]]) -> None:
        self._journal = journal
        self._referees = {name: Referee(game) for name, game in games.items()}

    def find(self, room_id: RoomId) -> tuple[NewRoom, Fold] | Refused:
        """`unknown_room`; `unknown_game` or `rules_changed` where the server cannot fold it.

        Raises `JournalError`, as `rows` does.
        """
        record = self._journal.find_room(room_id)
        if record is None:
            return refused(Code.UNKNOWN_ROOM)
        referee = self._referees.get(record.game)
        if referee is None:
            return refused(Code.UNKNOWN_GAME)
        if referee.game.rules_version != record.rules_version:
            return refused(Code.RULES_CHANGED)
        try:
            return record, Fold(referee, referee.options(record.options), record.seats)
        except msgspec.DecodeError:
            return refused(Code.RULES_CHANGED)

    def record(self, room_id: RoomId) -> NewRoom | Refused:
        """As `find`, without the game: `unknown_room` alone."""
        return self._journal.find_room(room_id) or refused(Code.UNKNOWN_ROOM)

    def teams(self, record: NewRoom, guard: Guard) -> tuple[int, ...] | None:
        """The team of each seat; None where everybody plays alone, and where the game fails to say."""
        referee = self._referees.get(record.game)
        if referee is None or type(referee.game).teams is Game.teams:
            return None
        game = referee.game
        try:
            options = referee.options(record.options)
            found = guard.run(Doing.VIEW, record.room_id, lambda: game.teams(options, record.seats))
        except FAULTS:
            return None
        return tuple(found) if found is not None and len(found) == record.seats else None

    def rows(self, record: NewRoom, after: Version = BEGINNING) -> Iterator[Event]:
        """The room's committed events above `after`, oldest first, read in pieces as they are wanted."""
        while events := self._journal.read_room(record.key, after, ROWS_AT_ONCE):
            yield from events
            after = events[-1].version
