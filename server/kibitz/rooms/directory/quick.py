"""Quick match: a game with anybody, and with bots where nobody comes.

There is no queue beside the rooms. Whoever asks is given a seat in the oldest quick room of the game that
still waits, or in a new one; to wait is to have a seat in it, and that is journalled. So a restart loses
nobody, the order is that of the rooms, and admins see who waits. What is kept of it (`waiting`) follows
from open rooms.

Whoever waits has to be there: a player without a connection for `PATIENCE_US` loses the seat.
"""

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, TypeAlias

from msgspec import Struct

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.ids import GameName, PlayerId, RoomId, Seat, is_bot, new_house_bot_id
from kibitz.rooms.answers import JoinAs, Left, Refused, Seated, refused
from kibitz.rooms.directory.creation import Creation
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.directory.waiting import Table, Told, Waiting
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update

_NEVER_MIND = Refused(Code.NOT_SEATED.value, "You have cancelled, or asked for another game since.")


class Entered(Struct, frozen=True):
    """A seat in a quick room. `bots_at_ms`: when bots take the seats that are free; None: never."""

    room_id: RoomId
    status: Literal["matched", "waiting"]
    bots_at_ms: int | None


EnterAnswer: TypeAlias = Callable[[Entered | Refused], None]


class QuickMatch:
    """A `RoomListener`. Use it after `begin`; the application calls `tick` some times a second.

    `bots_after_ms`: so long a room waits for people; 0: for ever. `told` hears how each player's wait ended.
    """

    _directory: Directory

    def __init__(
        self, clock: Clock, bots_after_ms: int, has_brain: Mapping[GameName, bool], told: Told
    ) -> None:
        self._clock = clock
        self._games = has_brain.keys()
        self._waiting = Waiting(clock, bots_after_ms, has_brain, told)
        self._asking: dict[GameName, deque[tuple[PlayerId, EnterAnswer]]] = {}
        self._making: set[GameName] = set()
        self._serving: set[GameName] = set()

    def begin(self, directory: Directory) -> None:
        """Follow the rooms that a start found, in order of creation. Everybody gets the time to come back."""
        self._directory = directory
        for room in directory.all():
            if room.is_quick and room.status is Status.WAITING:
                self._waiting.follow(room, room.last_event_us)

    # ------------------------------------------------------------ for players

    def enter(self, player: PlayerId, game: GameName, answer: EnterAnswer) -> None:
        """A seat in a room of `game`; asked again, the same. Who waits for another game gives that up.

        `unknown_game`; `forbidden` for bots; `draining`, `room_busy`, `unavailable` as for a new room;
        `not_seated` where the player has cancelled or asked for another game meanwhile.
        """
        if game not in self._games:
            answer(refused(Code.UNKNOWN_GAME))
        elif is_bot(player):
            answer(refused(Code.FORBIDDEN))
        elif self._directory.is_draining:
            answer(refused(Code.DRAINING))
        else:
            table = self._waiting.table_of(player)
            if table is not None and table.game == game:
                self._waiting.seen(table, player)
                answer(Entered(table.room_id, "waiting", self.bots_at_ms(table.room_id)))
                return
            if table is not None:
                self._give_up(table, player)
            self._waiting.ask(player, game)
            told = partial(self._answer, player, game, answer)
            self._asking.setdefault(game, deque()).append((player, told))
            self._serve(game)

    def cancel(self, player: PlayerId) -> RoomId | None:
        """Wait no longer. The room that was waited in; None where nothing was waited for, as when the match
        has begun. A seat that is only asked for yet is given up as soon as it is there."""
        wish = self._waiting.wish(player)
        if wish is not None:
            wish.game = None
        table = self._waiting.table_of(player)
        return table.room_id if table is not None and self._give_up(table, player) else None

    def is_asking(self, player: PlayerId) -> bool:
        """Whether the player has asked for a seat, and it is not there yet."""
        wish = self._waiting.wish(player)
        return wish is not None and wish.asked > 0 and wish.game is not None

    def bots_at_ms(self, room_id: RoomId) -> int | None:
        """When bots take the free seats of a room, UTC; None where they never do, or it does not wait."""
        return self._waiting.bots_at_ms(room_id)

    @property
    def waiting(self) -> int:
        """How many players wait."""
        return self._waiting.players

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
                wish = self._waiting.wish(player)
                if wish is not None and wish.game == game:
                    self._seat(player, game, deque(self._waiting.tables_for(game)), answer)
                else:
                    answer(_NEVER_MIND)
        finally:
            self._serving.discard(game)

    def _answer(
        self, player: PlayerId, game: GameName, answer: EnterAnswer, result: Entered | Refused
    ) -> None:
        wish = self._waiting.answered(player)
        if isinstance(result, Entered) and wish.game != game:
            room = self._directory.find(result.room_id)
            if isinstance(room, Room) and not room.accepted.is_match_on:
                room.leave(player, _never_mind)
                result = _NEVER_MIND
        # A new seat is answered before it is followed, which wants to know since when.
        is_seated = self._waiting.table_of(player) is not None
        if not wish.asked and (isinstance(result, Refused) or is_seated):
            self._waiting.drop_wish(player)
        answer(result)

    def _seat(self, player: PlayerId, game: GameName, tables: deque[Table], answer: EnterAnswer) -> None:
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
            self._waiting.follow(room, self._clock.now_us())
            self._join(room, player, partial(self._seated, room, player, game, None, answer))
            self._making.discard(game)
        self._serve(game)

    def _join(self, room: Room, player: PlayerId, answer: Callable[[Seated | Refused], None]) -> None:
        table = self._waiting.table(room.room_id)
        if table is not None:  # at once, so that nobody takes the player for one who is away
            self._waiting.seen(table, player)
        room.join(player, JoinAs.PLAYER, None, None, answer)

    def _seated(
        self,
        room: Room,
        player: PlayerId,
        game: GameName,
        tables: deque[Table] | None,
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

    def _give_up(self, table: Table, player: PlayerId) -> bool:
        """Whether the seat is given up: not where the match begins this moment."""
        room = self._directory.find(table.room_id)
        if not isinstance(room, Room) or room.accepted.is_match_on:
            return False
        self._waiting.give_up(table, player)
        room.leave(player, _never_mind)
        return True

    # ------------------------------------------------------------ time

    def tick(self) -> None:
        """Give bots the seats for which nobody came, and take them from players who are gone."""
        waiting = self._waiting
        for table in waiting.tables():
            held = self._directory.held(table.room_id)
            if held is None:
                continue
            for seat in held.presence.seats():
                if seat.player in table.entered_us and seat.status == "connected":
                    waiting.seen(table, seat.player)
            for player in waiting.gone(table):
                self._give_up(table, player)
            if not table.entered_us:
                self._close(table)
            elif waiting.is_due(table) and waiting.is_there(table):
                self._fill(table)

    def _fill(self, table: Table) -> None:
        room = self._directory.find(table.room_id)
        if not isinstance(room, Room) or self._directory.is_draining:
            return
        if room.accepted.status is not Status.WAITING:
            return  # it begins, or is closed, this moment
        for seat, player in enumerate(room.accepted.players):
            if player is None:
                room.guarded(partial(room.take_seat, new_house_bot_id(), Seat(seat)))

    def _close(self, table: Table) -> None:
        """Nobody waits in it any more: nobody shall come to an empty room."""
        room = self._directory.find(table.room_id)
        if isinstance(room, Room) and all(player is None for player in room.accepted.players):
            room.close("empty")

    # ------------------------------------------------------------ RoomListener

    def committed(self, room: Room, update: Update) -> None:
        if room.is_quick and update.status_changed:
            self._waiting.changed(room)

    def closed(self, room: Room) -> None:
        self._waiting.end(room)

    def presence_changed(self, room: Room) -> None:
        """Read at the next tick."""

    def reloaded(self, room: Room) -> None:
        """What was not stored was not followed either."""

    def faulted(self, room: Room) -> None:
        self._waiting.end(room)

    def mended(self, room: Room) -> None:
        if room.is_quick and room.status is Status.WAITING:
            self._waiting.follow(room, self._clock.now_us())


def _never_mind(answer: Left | Refused) -> None:
    """Nobody waits for it."""
