"""Quick match: a game with anybody, and with bots where nobody comes.

There is no queue beside the rooms. Whoever asks is given a seat in the oldest quick room of the game that
still waits, or in a new one; to wait is to have a seat in it, and that is journalled. So a restart loses
nobody, the order is that of the rooms, and admins see who waits. What is kept here follows from open rooms.

Whoever waits has to be there: a player without a connection for `PATIENCE_US` loses the seat.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Literal, TypeAlias

from msgspec import Struct

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.ids import GameName, PlayerId, RoomId, Seat, is_bot, new_house_bot_id
from kibitz.rooms.answers import JoinAs, Left, Refused, Seated, refused
from kibitz.rooms.directory.creation import Creation
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.directory.heads import Listed
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update

_log = logging.getLogger("kibitz.rooms")

PATIENCE_US = 30_000_000
"""As long as a seat's grace: a reload, a dropped line and a restart of the server cost nobody the place."""
ABSENT_US = 5_000_000
"""Whoever is away for longer is not given an opponent, but keeps the place for a while."""


_NEVER_MIND = Refused(Code.NOT_SEATED.value, "You have cancelled, or asked for another game since.")
_NO_MATCH = (Status.CLOSED, Status.FAULTED)


class Waited(Enum):
    """How it ended."""

    MATCHED = "matched"
    BOTS = "bots"
    CANCELLED = "cancelled"


class Entered(Struct, frozen=True):
    """A seat in a quick room. `bots_at_ms`: when bots take the seats that are free; None: never."""

    room_id: RoomId
    status: Literal["matched", "waiting"]
    bots_at_ms: int | None


EnterAnswer: TypeAlias = Callable[[Entered | Refused], None]
Told: TypeAlias = Callable[[PlayerId, GameName, int, Waited, RoomId | None], None]
"""Player, game, since when (µs, UTC), how it ended, and in which room."""


@dataclass(slots=True)
class _Table:
    """A quick room that waits. Times are on the monotonic clock, but for `entered_us`."""

    room_id: RoomId
    game: GameName
    bots_at_us: int | None
    entered_us: dict[PlayerId, int] = field(default_factory=dict)
    seen_us: dict[PlayerId, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Wish:
    """Of somebody who has asked and has no seat yet: for `game` last (None: never mind), and `asked` times
    without an answer."""

    game: GameName | None
    since_us: int
    asked: int = 0


class QuickMatch:
    """A `RoomListener`. Use it after `begin`; the application calls `tick` some times a second.

    `bots_after_ms`: so long a room waits for people; 0: for ever. `told` hears how each player's wait ended.
    """

    _directory: Directory

    def __init__(
        self,
        clock: Clock,
        bots_after_ms: int,
        has_brain: Mapping[GameName, bool],
        told: Told,
    ) -> None:
        self._clock = clock
        self._bots_after_us = bots_after_ms * 1000
        self._has_brain = has_brain
        self._told = told
        self._tables: dict[RoomId, _Table] = {}
        self._tables_of: dict[PlayerId, _Table] = {}
        self._asking: dict[GameName, deque[tuple[PlayerId, EnterAnswer]]] = {}
        self._making: set[GameName] = set()
        self._serving: set[GameName] = set()
        self._wishes: dict[PlayerId, _Wish] = {}

    def begin(self, directory: Directory) -> None:
        """Follow the rooms that a start found, in order of creation. Everybody gets the time to come back."""
        self._directory = directory
        for room in directory.all():
            if room.is_quick and room.status is Status.WAITING:
                self._follow(room, room.last_event_us)

    # ------------------------------------------------------------ for players

    def enter(self, player: PlayerId, game: GameName, answer: EnterAnswer) -> None:
        """A seat in a room of `game`; asked again, the same. Who waits for another game gives that up.

        `unknown_game`; `forbidden` for bots; `draining`, `room_busy`, `unavailable` as for a new room;
        `not_seated` where the player has cancelled or asked for another game meanwhile.
        """
        if game not in self._has_brain:
            answer(refused(Code.UNKNOWN_GAME))
        elif is_bot(player):
            answer(refused(Code.FORBIDDEN))
        elif self._directory.is_draining:
            answer(refused(Code.DRAINING))
        else:
            table = self._tables_of.get(player)
            if table is not None and table.game == game:
                table.seen_us[player] = self._clock.monotonic_us()
                answer(Entered(table.room_id, "waiting", self.bots_at_ms(table.room_id)))
                return
            if table is not None:
                self._give_up(table, player)
            wish = self._wishes.setdefault(player, _Wish(game, self._clock.now_us()))
            wish.game = game
            wish.asked += 1
            told = partial(self._answer, player, game, answer)
            self._asking.setdefault(game, deque()).append((player, told))
            self._serve(game)

    def cancel(self, player: PlayerId) -> RoomId | None:
        """Wait no longer. The room that was waited in; None where nothing was waited for, as when the match
        has begun. A seat that is only asked for yet is given up as soon as it is there."""
        wish = self._wishes.get(player)
        if wish is not None:
            wish.game = None
        table = self._tables_of.get(player)
        return table.room_id if table is not None and self._give_up(table, player) else None

    def is_asking(self, player: PlayerId) -> bool:
        """Whether the player has asked for a seat, and it is not there yet."""
        wish = self._wishes.get(player)
        return wish is not None and wish.asked > 0 and wish.game is not None

    def bots_at_ms(self, room_id: RoomId) -> int | None:
        """When bots take the free seats of a room, UTC; None where they never do, or it does not wait."""
        table = self._tables.get(room_id)
        if table is None or table.bots_at_us is None:
            return None
        in_us = table.bots_at_us - self._clock.monotonic_us()
        return (self._clock.now_us() + max(0, in_us)) // 1000

    @property
    def waiting(self) -> int:
        """How many players wait."""
        return len(self._tables_of)

    # ------------------------------------------------------------ a seat

    def _serve(self, game: GameName) -> None:
        """In the order of asking. While a room is being made, those who came later wait for it."""
        if game in self._serving:
            return  # what was refused at once comes back here: whoever serves goes on
        self._serving.add(game)
        asking = self._asking[game]
        try:
            while asking and game not in self._making:
                player, answer = asking.popleft()
                if self._wishes[player].game == game:
                    self._seat(player, game, self._tables_for(game), answer)
                else:
                    answer(_NEVER_MIND)
        finally:
            self._serving.discard(game)

    def _tables_for(self, game: GameName) -> deque[_Table]:
        return deque(each for each in self._tables.values() if each.game == game and self._is_there(each))

    def _answer(
        self, player: PlayerId, game: GameName, answer: EnterAnswer, result: Entered | Refused
    ) -> None:
        wish = self._wishes[player]
        wish.asked -= 1
        if isinstance(result, Entered) and wish.game != game:
            room = self._directory.find(result.room_id)
            if isinstance(room, Room) and not room.accepted.is_match_on:
                room.leave(player, _never_mind)
                result = _NEVER_MIND
        # A new seat is answered before it is followed (`_note`), which wants to know since when.
        if not wish.asked and (isinstance(result, Refused) or player in self._tables_of):
            del self._wishes[player]
        answer(result)

    def _seat(self, player: PlayerId, game: GameName, tables: deque[_Table], answer: EnterAnswer) -> None:
        while tables:
            room = self._directory.find(tables.popleft().room_id)
            if isinstance(room, Room) and room.status is Status.WAITING:
                self._join(room, player, partial(self._seated, room, player, game, tables, answer))
                return
        self._making.add(game)
        wanted = Creation(game, player, is_quick=True)
        self._directory.create(wanted, partial(self._made, player, game, answer))

    def _made(self, player: PlayerId, game: GameName, answer: EnterAnswer, room: Room | Refused) -> None:
        if isinstance(room, Refused):
            self._making.discard(game)
            answer(room)
        else:
            self._follow(room, self._clock.now_us())
            self._join(room, player, partial(self._seated, room, player, game, None, answer))
            self._making.discard(game)
        self._serve(game)

    def _join(self, room: Room, player: PlayerId, answer: Callable[[Seated | Refused], None]) -> None:
        table = self._tables.get(room.room_id)
        if table is not None:  # at once, so that nobody takes the player for one who is away
            table.seen_us[player] = self._clock.monotonic_us()
        room.join(player, JoinAs.PLAYER, None, None, answer)

    def _seated(
        self,
        room: Room,
        player: PlayerId,
        game: GameName,
        tables: deque[_Table] | None,
        answer: EnterAnswer,
        result: Seated | Refused,
    ) -> None:
        if isinstance(result, Refused):
            if tables is None or result.code == Code.UNAVAILABLE:
                answer(result)
            else:  # somebody was quicker, or the player was shown out of that room
                self._seat(player, game, tables, answer)
            return
        has_begun = room.status is not Status.WAITING
        answer(
            Entered(
                room.room_id,
                "matched" if has_begun else "waiting",
                None if has_begun else self.bots_at_ms(room.room_id),
            )
        )

    def _give_up(self, table: _Table, player: PlayerId) -> bool:
        """Whether the seat is given up: not where the match begins this moment."""
        room = self._directory.find(table.room_id)
        if not isinstance(room, Room) or room.accepted.is_match_on:
            return False
        self._forget(table, player, Waited.CANCELLED)
        room.leave(player, _never_mind)
        return True

    # ------------------------------------------------------------ time

    def tick(self) -> None:
        """Give bots the seats for which nobody came, and take them from players who are gone."""
        now_us = self._clock.monotonic_us()
        for table in list(self._tables.values()):
            held = self._directory.held(table.room_id)
            if held is None:
                continue
            for seat in held.presence.seats():
                if seat.player in table.entered_us and seat.status == "connected":
                    table.seen_us[seat.player] = now_us
            for player in list(table.entered_us):
                if now_us - table.seen_us[player] > PATIENCE_US:
                    self._give_up(table, player)
            if not table.entered_us:
                self._close(table)
            elif table.bots_at_us is not None and now_us >= table.bots_at_us and self._is_there(table):
                self._fill(table)

    def _is_there(self, table: _Table) -> bool:
        now_us = self._clock.monotonic_us()
        return all(now_us - table.seen_us[player] <= ABSENT_US for player in table.entered_us)

    def _fill(self, table: _Table) -> None:
        room = self._directory.find(table.room_id)
        if not isinstance(room, Room) or self._directory.is_draining:
            return
        if room.accepted.status is not Status.WAITING:
            return  # it begins, or is closed, this moment
        for seat, player in enumerate(room.accepted.players):
            if player is None:
                room.guarded(partial(room.take_seat, new_house_bot_id(), Seat(seat)))

    def _close(self, table: _Table) -> None:
        """Nobody waits in it any more: nobody shall come to an empty room."""
        room = self._directory.find(table.room_id)
        if isinstance(room, Room) and all(player is None for player in room.accepted.players):
            room.close("empty")

    # ------------------------------------------------------------ following rooms

    def _follow(self, room: Listed, entered_us: int) -> None:
        now_us = self._clock.monotonic_us()
        waits_us = self._bots_after_us if self._has_brain.get(room.game_name) else 0
        bots_at_us = None
        if waits_us:
            bots_at_us = now_us + max(ABSENT_US, room.created_us + waits_us - self._clock.now_us())
        table = _Table(room.room_id, room.game_name, bots_at_us)
        self._tables[room.room_id] = table
        for player in room.players:
            if player is not None and not is_bot(player):
                self._note(table, player, entered_us)

    def _note(self, table: _Table, player: PlayerId, entered_us: int) -> None:
        wish = self._wishes.get(player)
        if wish is not None and not wish.asked:
            del self._wishes[player]
        table.entered_us[player] = entered_us
        table.seen_us.setdefault(player, self._clock.monotonic_us())
        self._tables_of[player] = table

    def _forget(self, table: _Table, player: PlayerId, how: Waited) -> None:
        entered_us = table.entered_us.pop(player)
        table.seen_us.pop(player, None)
        if self._tables_of.get(player) is table:
            del self._tables_of[player]
        self._told(player, table.game, entered_us, how, table.room_id)

    def _end(self, table: _Table, room: Room) -> None:
        """The room waits no longer."""
        self._tables.pop(table.room_id, None)
        how = Waited.BOTS if any(map(is_bot, filter(None, room.players))) else Waited.MATCHED
        for player in list(table.entered_us):
            is_playing = room.status not in _NO_MATCH and player in room.players
            self._forget(table, player, how if is_playing else Waited.CANCELLED)

    # ------------------------------------------------------------ RoomListener

    def committed(self, room: Room, update: Update) -> None:
        if not (room.is_quick and update.status_changed):
            return
        table = self._tables.get(room.room_id)
        if table is None:
            return
        if room.status is not Status.WAITING:
            for player in room.players:
                wish = None if player is None else self._wishes.get(player)
                if player is not None and wish is not None:  # whose seat began the match at once
                    self._note(table, player, wish.since_us)
            self._end(table, room)
            return
        for player in list(table.entered_us):
            if player not in room.players:
                self._forget(table, player, Waited.CANCELLED)
        for player in room.players:
            if player is not None and not is_bot(player) and player not in table.entered_us:
                wish = self._wishes.get(player)
                self._note(table, player, self._clock.now_us() if wish is None else wish.since_us)

    def closed(self, room: Room) -> None:
        table = self._tables.get(room.room_id)
        if table is not None:
            self._end(table, room)

    def presence_changed(self, room: Room) -> None:
        """Read at the next tick."""

    def reloaded(self, room: Room) -> None:
        """What was not stored was not followed either."""

    def faulted(self, room: Room) -> None:
        table = self._tables.get(room.room_id)
        if table is not None:
            self._end(table, room)


def _never_mind(answer: Left | Refused) -> None:
    """Nobody waits for it."""
