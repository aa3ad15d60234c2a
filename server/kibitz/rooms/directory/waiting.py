"""Who has asked for a quick match, who waits in which room, and since when.

What is kept of the rooms follows from them: a restart finds everybody again. Of those who have no seat yet
only this process knows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from kibitz.clock import Clock
from kibitz.ids import GameName, PlayerId, RoomId, is_bot
from kibitz.rooms.directory.heads import Listed
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room

PATIENCE_US = 30_000_000
"""As long as a seat's grace: a reload, a dropped line and a restart of the server cost nobody the place."""
ABSENT_US = 5_000_000
"""Whoever is away for longer is not given an opponent, but keeps the place for a while."""

_NO_MATCH = (Status.CLOSED, Status.FAULTED)


class Waited(Enum):
    """How it ended."""

    MATCHED = "matched"
    BOTS = "bots"
    CANCELLED = "cancelled"


Told: TypeAlias = Callable[[PlayerId, GameName, int, Waited, RoomId | None], None]
"""Player, game, since when (µs, UTC), how it ended, and in which room."""


@dataclass(slots=True)
class Table:
    """A quick room that waits. Times are on the monotonic clock, but for `entered_us`."""

    room_id: RoomId
    game: GameName
    bots_at_us: int | None
    entered_us: dict[PlayerId, int] = field(default_factory=dict)
    seen_us: dict[PlayerId, int] = field(default_factory=dict)


@dataclass(slots=True)
class Wish:
    """Of somebody who has asked and has no seat yet: for `game` last (None: never mind), and `asked` times
    without an answer."""

    game: GameName | None
    since_us: int
    asked: int = 0


class Waiting:
    """`bots_after_ms`: so long a room waits for people; 0: for ever. `told` hears how each wait ended."""

    def __init__(
        self, clock: Clock, bots_after_ms: int, has_brain: Mapping[GameName, bool], told: Told
    ) -> None:
        self._clock = clock
        self._bots_after_us = bots_after_ms * 1000
        self._has_brain = has_brain
        self._told = told
        self._tables: dict[RoomId, Table] = {}
        self._tables_of: dict[PlayerId, Table] = {}
        self._wishes: dict[PlayerId, Wish] = {}

    @property
    def players(self) -> int:
        """How many have a seat and wait."""
        return len(self._tables_of)

    def tables(self) -> list[Table]:
        """In order of creation."""
        return list(self._tables.values())

    def tables_for(self, game: GameName) -> list[Table]:
        """Those of a game at which somebody may sit down, the oldest first."""
        return [table for table in self._tables.values() if table.game == game and self.is_there(table)]

    def table(self, room_id: RoomId) -> Table | None:
        return self._tables.get(room_id)

    def table_of(self, player: PlayerId) -> Table | None:
        """Where the player has a seat and waits."""
        return self._tables_of.get(player)

    # ------------------------------------------------------------ without a seat yet

    def ask(self, player: PlayerId, game: GameName) -> None:
        """What was asked for last counts; since when, from the first time."""
        wish = self._wishes.setdefault(player, Wish(game, self._clock.now_us()))
        wish.game = game
        wish.asked += 1

    def wish(self, player: PlayerId) -> Wish | None:
        return self._wishes.get(player)

    def answered(self, player: PlayerId) -> Wish:
        """Of somebody who has asked, and is about to be told once."""
        wish = self._wishes[player]
        wish.asked -= 1
        return wish

    def drop_wish(self, player: PlayerId) -> None:
        del self._wishes[player]

    # ------------------------------------------------------------ in a room

    def follow(self, room: Listed, entered_us: int) -> None:
        """A quick room that waits. Whoever is in it has waited since `entered_us`."""
        now_us = self._clock.monotonic_us()
        waits_us = self._bots_after_us if self._has_brain.get(room.game_name) else 0
        bots_at_us = None
        if waits_us:
            bots_at_us = now_us + max(ABSENT_US, room.created_us + waits_us - self._clock.now_us())
        table = Table(room.room_id, room.game_name, bots_at_us)
        self._tables[room.room_id] = table
        for player in _people(room.players):
            self._note(table, player, entered_us)

    def seen(self, table: Table, player: PlayerId) -> None:
        table.seen_us[player] = self._clock.monotonic_us()

    def is_there(self, table: Table) -> bool:
        """Whether everybody who waits in it may be given an opponent."""
        now_us = self._clock.monotonic_us()
        return all(now_us - table.seen_us[player] <= ABSENT_US for player in table.entered_us)

    def gone(self, table: Table) -> list[PlayerId]:
        """Who was away for longer than a place is kept."""
        now_us = self._clock.monotonic_us()
        return [player for player in table.entered_us if now_us - table.seen_us[player] > PATIENCE_US]

    def is_due(self, table: Table) -> bool:
        """Whether bots are to take the seats that are free."""
        return table.bots_at_us is not None and self._clock.monotonic_us() >= table.bots_at_us

    def bots_at_ms(self, room_id: RoomId) -> int | None:
        """When bots take the free seats of a room, UTC; None where they never do, or it does not wait."""
        table = self._tables.get(room_id)
        if table is None or table.bots_at_us is None:
            return None
        in_us = table.bots_at_us - self._clock.monotonic_us()
        return (self._clock.now_us() + max(0, in_us)) // 1000

    def give_up(self, table: Table, player: PlayerId) -> None:
        """The player waits no longer, and was not matched."""
        self._forget(table, player, Waited.CANCELLED)

    def changed(self, room: Room) -> None:
        """The status of a room, or who sits in it, is another one by now."""
        table = self._tables.get(room.room_id)
        if table is None:
            return
        if room.status is not Status.WAITING:
            for player in room.players:
                wish = None if player is None else self._wishes.get(player)
                if player is not None and wish is not None:  # whose seat began the match at once
                    self._note(table, player, wish.since_us)
            self.end(room)
            return
        for player in list(table.entered_us):
            if player not in room.players:
                self.give_up(table, player)
        for player in _people(room.players):
            if player not in table.entered_us:
                wish = self._wishes.get(player)
                self._note(table, player, self._clock.now_us() if wish is None else wish.since_us)

    def end(self, room: Room) -> None:
        """The room waits no longer, if it did."""
        table = self._tables.pop(room.room_id, None)
        if table is None:
            return
        how = Waited.BOTS if any(map(is_bot, filter(None, room.players))) else Waited.MATCHED
        for player in list(table.entered_us):
            is_playing = room.status not in _NO_MATCH and player in room.players
            self._forget(table, player, how if is_playing else Waited.CANCELLED)

    def _note(self, table: Table, player: PlayerId, entered_us: int) -> None:
        wish = self._wishes.get(player)
        if wish is not None and not wish.asked:
            del self._wishes[player]
        table.entered_us[player] = entered_us
        table.seen_us.setdefault(player, self._clock.monotonic_us())
        self._tables_of[player] = table

    def _forget(self, table: Table, player: PlayerId, how: Waited) -> None:
        entered_us = table.entered_us.pop(player)
        table.seen_us.pop(player, None)
        if self._tables_of.get(player) is table:
            del self._tables_of[player]
        self._told(player, table.game, entered_us, how, table.room_id)


def _people(players: Iterable[PlayerId | None]) -> list[PlayerId]:
    return [player for player in players if player is not None and not is_bot(player)]
