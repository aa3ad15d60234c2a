"""All rooms of this server: made, found, listed, recovered, closed when nobody wants them.

The application owns one timer: it calls `tick` when `next_deadline_us` says so.
"""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.ids import (
    Entropy,
    GameName,
    JoinCode,
    PlayerId,
    RoomId,
    RoomKey,
    Seat,
    Version,
    new_epoch,
    new_house_bot_id,
    new_join_code,
    new_room_id,
)
from kibitz.journal.journal import CommitFailure, Journal
from kibitz.journal.records import Event, EventKind, NewRoom
from kibitz.rooms.answers import Refused, refused
from kibitz.rooms.archive import ArchivedRoom, archived
from kibitz.rooms.bots import BrainPool
from kibitz.rooms.config import RoomsConfig
from kibitz.rooms.deadlines import Deadlines
from kibitz.rooms.fold import Fold
from kibitz.rooms.gametime import GameTime
from kibitz.rooms.guard import FAULTS, Doing, Guard
from kibitz.rooms.history import ShownEvent, show
from kibitz.rooms.known_acts import KnownActs
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.listener import RoomListener
from kibitz.rooms.recovery import Loaded, load
from kibitz.rooms.room import Room
from kibitz.rooms.services import BOT, FLAG, GRACE, UNJOINED, DeadlineKey, Services
from kibitz.rules import Game, Referee

_log = logging.getLogger("kibitz.rooms")

HEARTBEAT_US = 1_000_000
"""So often the time is read at least: it is how a pause of the process is noticed."""


class Creation(Struct, frozen=True):
    """What a room is asked to be. `seats` None: the game's least. `bots` take the last seats."""

    game: GameName
    host: PlayerId
    options: bytes = b"{}"
    seats: int | None = None
    is_private: bool = False
    bots: int = 0


class Recovered(Struct, frozen=True):
    """What `recover` found: `refused` rooms are not playable, each with its code."""

    rooms: int
    refused: Mapping[RoomId, Refused]


CreateAnswer: TypeAlias = Callable[[Room | Refused], None]


class Directory:
    """`games` by name; `defer` runs a callable in the next turn of the event loop (`call_soon`).

    The commits that the journal reports in one turn are told together, in the turn after it.
    """

    def __init__(
        self,
        *,
        games: Mapping[GameName, Game[Any]],
        journal: Journal,
        clock: Clock,
        listener: RoomListener,
        brains: BrainPool,
        defer: Callable[[Callable[[], None]], object],
        config: RoomsConfig | None = None,
        entropy: Entropy = secrets.token_bytes,
        guard: Guard | None = None,
    ) -> None:
        config = config or RoomsConfig()
        self._referees = {name: Referee(game) for name, game in games.items()}
        self._journal = journal
        self._clock = clock
        self._time = GameTime(clock, config.pause_limit_ms)
        self._deadlines: Deadlines[DeadlineKey] = Deadlines()
        self._defer = defer
        self._config = config
        self._entropy = entropy
        self._rooms: dict[RoomId, Room] = {}
        self._by_key: dict[RoomKey, Room] = {}
        self._by_code: dict[JoinCode, Room] = {}
        self._codes_promised: set[JoinCode] = set()
        self._refused: dict[RoomId, Refused] = {}
        self._settling: list[RoomId] = []
        self._is_draining = False
        self.bot_fallbacks = 0
        """How many moves of bots were not their brains', since the start."""
        self.guard = guard or Guard()
        self._services = Services(
            journal=journal,
            clock=clock,
            time=self._time,
            deadlines=self._deadlines,
            listener=listener,
            brains=brains,
            config=config,
            entropy=entropy,
            guard=self.guard,
            settle_soon=self._settle_soon,
            forget=self._forget,
            is_draining=lambda: self._is_draining,
            fell_back=self._count_fallback,
        )

    # ------------------------------------------------------------ beginning and end

    def recover(self) -> Recovered:
        """Read every unfinished room from the journal. Running clocks begin anew now.

        A room whose game is gone, has other rules, or fails to fold is refused by itself.
        """
        for record in self._journal.unfinished_rooms():
            found = self._recovered(record)
            if isinstance(found, Refused):
                self._refused[record.room_id] = found
                _log.error("room %s is not playable: %s", record.room_id, found.code)
            else:
                self._add(found)
        for room in list(self._rooms.values()):
            room.guarded(room.open)
        return Recovered(len(self._rooms), dict(self._refused))

    def _recovered(self, record: NewRoom) -> Room | Refused:
        referee = self._referees.get(record.game)
        if referee is None:
            return refused(Code.UNKNOWN_GAME)
        if referee.game.rules_version != record.rules_version:
            return refused(Code.RULES_CHANGED)
        try:
            fold = Fold(referee, referee.options(record.options), record.seats)
            loaded = self.guard.run(
                Doing.LOAD,
                record.room_id,
                partial(load, self._journal, record, fold, self._config.patches_kept),
            )
        except FAULTS:  # a game's code, on data that it may not understand any more
            _log.exception("room %s cannot be folded", record.room_id)
            return refused(Code.ROOM_FAULTED)
        if loaded.passed_over:
            _log.warning("room %s: %d recovery points were passed over", record.room_id, loaded.passed_over)
        return Room(self._services, record, fold, loaded)

    def drain(self) -> None:
        """From now on `create` refuses with `draining`, and no new match starts. Acts go on."""
        self._is_draining = True

    @property
    def is_draining(self) -> bool:
        return self._is_draining

    # ------------------------------------------------------------ making rooms

    def create(self, wanted: Creation, answer: CreateAnswer) -> None:
        """Make a room; `answer` gets it when its creation is committed, or Refused with
        `unknown_game`, `bad_options`, `draining`, `room_busy` or `unavailable`."""
        prepared = self._prepare(wanted)
        if isinstance(prepared, Refused):
            answer(prepared)
            return
        record, fold = prepared
        first = Event(
            record.key,
            Version(1),
            record.epoch,
            record.created_us,
            EventKind.CREATED,
            player_id=record.host_player_id,
        )
        state = fold.begin(record.created_us, record.epoch)
        room = Room(self._services, record, fold, Loaded(state, KnownActs(), ((state, first),)))
        self._codes_promised.add(record.code)
        self._journal.create_room(record, first, partial(self._created, room, answer))
        for seat in range(record.seats - wanted.bots, record.seats):
            room.take_seat(new_house_bot_id(self._entropy), Seat(seat))

    def _prepare(self, wanted: Creation) -> tuple[NewRoom, Fold] | Refused:
        if self._is_draining:
            return refused(Code.DRAINING)
        if len(self._rooms) + len(self._codes_promised) >= self._config.rooms_most:
            return refused(Code.ROOM_BUSY)
        referee = self._referees.get(wanted.game)
        if referee is None:
            return refused(Code.UNKNOWN_GAME)
        game = referee.game
        seats = game.seats.least if wanted.seats is None else wanted.seats
        if not game.seats.least <= seats <= game.seats.most:
            return _bad_options(f"{game.title} is for {game.seats.least} to {game.seats.most} players.")
        if not 0 <= wanted.bots <= seats:
            return _bad_options(f"{wanted.bots} bots do not fit in {seats} seats.")
        if wanted.bots and game.brain is None:
            return _bad_options(f"{game.title} has no bots.")
        try:
            options = referee.options(wanted.options)
            fold = Fold(referee, options, seats)
        except msgspec.DecodeError as error:
            return _bad_options(str(error))
        except Exception:
            _log.exception("the game %s failed at the options %r", game.name, wanted.options)
            return refused(Code.GAME_FAULT)
        record = NewRoom(
            room_id=new_room_id(self._entropy),
            key=self._journal.next_room_key(),
            game=wanted.game,
            rules_version=game.rules_version,
            seats=seats,
            code=self._new_code(),
            is_private=wanted.is_private,
            # With every default written out: a later default must not change this room.
            options=msgspec.json.encode(options, order="sorted").decode(),
            epoch=new_epoch(self._entropy),
            host_player_id=wanted.host,
            created_us=self._clock.now_us(),
        )
        return record, fold

    def _created(self, room: Room, answer: CreateAnswer, failure: CommitFailure | None) -> None:
        self._codes_promised.discard(room.code)
        if failure is not None:
            answer(refused(Code.UNAVAILABLE))
            return
        self._add(room)
        room.guarded(room.open)
        answer(room)

    def _new_code(self) -> JoinCode:
        while True:
            code = new_join_code(self._entropy)
            if code not in self._by_code and code not in self._codes_promised:
                return code

    # ------------------------------------------------------------ finding rooms

    def find(self, room_id: RoomId) -> Room | Refused:
        """An open room; else `unknown_room`, `room_closed`, or why the room is not playable."""
        room = self._rooms.get(room_id)
        if room is not None:
            return room
        why = self._refused.get(room_id)
        if why is not None:
            return why
        is_known = self._journal.find_room(room_id) is not None
        return refused(Code.ROOM_CLOSED if is_known else Code.UNKNOWN_ROOM)

    def find_code(self, code: JoinCode) -> Room | Refused:
        """An open room by its join code. Codes expire with their room."""
        return self._by_code.get(code) or refused(Code.UNKNOWN_ROOM)

    def list(
        self, game: GameName | None = None, status: Status | None = None, limit: int = 100
    ) -> Sequence[Room]:
        """Public open rooms, newest first."""
        found = (
            room
            for room in reversed(self._rooms.values())
            if not room.is_private
            and (game is None or room.game_name == game)
            and (status is None or room.status is status)
        )
        return list(islice(found, limit))

    def all(self) -> Sequence[Room]:
        """Every open room, private and faulted ones too, in order of creation: for the admin."""
        return list(self._rooms.values())

    def archived(self, room_id: RoomId) -> ArchivedRoom | None:
        """What the journal has about a room, open or closed; None where it has none."""
        record = self._journal.find_room(room_id)
        return None if record is None else archived(record, self._journal.read_room(record.key))

    def events(
        self, room_id: RoomId, after: Version, limit: int, player: PlayerId | None
    ) -> Sequence[ShownEvent] | Refused:
        """The committed events of a room, open or closed, as `player` (its seat then, or a
        spectator) may see them. `unknown_room` where there is none."""
        room = self._rooms.get(room_id)
        if room is not None:
            return room.events_after(after, limit, None if player is None else room.seat_of(player), player)
        record = self._journal.find_room(room_id)
        if record is None:
            return refused(Code.UNKNOWN_ROOM)
        seat = None
        if player is not None:
            players = archived(record, self._journal.read_room(record.key)).players
            seat = Seat(players.index(player)) if player in players else None
        referee = self._referees.get(record.game)
        wanted = self._journal.read_room(record.key, after, limit)
        return show(wanted, None if referee is None else referee.game, seat, player)

    # ------------------------------------------------------------ time

    def tick(self) -> None:
        """Do what is due: flags, bots, grace, rooms that nobody wants."""
        now_us = self._time.now_us()
        for key, kind, seat in self._deadlines.due(now_us):
            room = self._by_key.get(key)
            if room is not None:
                room.guarded(partial(room.on_deadline, kind, Seat(seat), now_us))

    def next_deadline_us(self) -> int:
        """When `tick` wants to be called next, on the monotonic clock; at most a second away."""
        heartbeat_us = self._clock.monotonic_us() + HEARTBEAT_US
        due_us = self._deadlines.next_us()
        return heartbeat_us if due_us is None else min(heartbeat_us, self._time.as_monotonic_us(due_us))

    # ------------------------------------------------------------ for rooms

    def _settle_soon(self, room_id: RoomId) -> None:
        if not self._settling:
            self._defer(self._settle)
        self._settling.append(room_id)

    def _settle(self) -> None:
        settling, self._settling = self._settling, []
        for room_id in settling:
            room = self._rooms.get(room_id)
            if room is not None:
                room.guarded(room.settle)

    def _count_fallback(self) -> None:
        self.bot_fallbacks += 1

    def _add(self, room: Room) -> None:
        self._rooms[room.room_id] = room
        self._by_key[room.key] = room
        self._by_code[room.code] = room

    def _forget(self, room_id: RoomId) -> None:
        room = self._rooms.pop(room_id)
        self._by_key.pop(room.key, None)
        if self._by_code.get(room.code) is room:
            del self._by_code[room.code]
        for kind in (FLAG, UNJOINED):
            self._deadlines.cancel((room.key, kind, 0))
        for seat in range(len(room.players)):
            for kind in (GRACE, BOT):
                self._deadlines.cancel((room.key, kind, seat))


def _bad_options(message: str) -> Refused:
    return Refused(Code.BAD_OPTIONS.value, message)
