"""Making rooms: anew, or from a version of a match that is over."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from kibitz.codes import Code
from kibitz.ids import (
    GameName,
    JoinCode,
    PlayerId,
    RoomId,
    Seat,
    Version,
    new_epoch,
    new_house_bot_id,
    new_join_code,
    new_room_id,
)
from kibitz.journal.journal import CommitFailure, JournalError
from kibitz.journal.records import Event, EventKind, NewRoom
from kibitz.rooms.answers import Refused, refused
from kibitz.rooms.directory.loading import Loader
from kibitz.rooms.directory.shelf import Shelf
from kibitz.rooms.fold.event_args import Created, encode_args
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.forks import ForkWishes, fork_point
from kibitz.rooms.fold.state import ForkPoint
from kibitz.rooms.guard.guard import FAULTS, Doing
from kibitz.rooms.ledger.known_acts import KnownActs
from kibitz.rooms.ledger.recovery import Loaded
from kibitz.rooms.room import Room
from kibitz.rooms.services.services import Services
from kibitz.rooms.views.gallery import DELAY_MOST_MS, old_enough_us
from kibitz.rules import Referee

_log = logging.getLogger("kibitz.rooms")
_NO_ROOM_YET = RoomId("")


class Creation(Struct, frozen=True):
    """What a room is asked to be. `seats` None: the game's least. `bots` take the last seats."""

    game: GameName
    host: PlayerId
    options: bytes = b"{}"
    seats: int | None = None
    is_private: bool = False
    bots: int = 0
    spectator_delay_ms: int = 0
    is_quick: bool = False


CreateAnswer: TypeAlias = Callable[[Room | Refused], None]


class Maker:
    """See `Directory.create` and `Directory.fork`."""

    def __init__(
        self,
        services: Services,
        referees: Mapping[GameName, Referee[Any]],
        shelf: Shelf,
        loader: Loader,
    ) -> None:
        self._services = services
        self._referees = referees
        self._shelf = shelf
        self._loader = loader
        self._codes_promised: set[JoinCode] = set()

    def create(self, wanted: Creation, answer: CreateAnswer) -> None:
        self._make(wanted, None, answer)

    def fork(self, room_id: RoomId, version: Version, wishes: ForkWishes, answer: CreateAnswer) -> None:
        found = self._fork_point(room_id, version, wishes.host)
        if isinstance(found, Refused):
            answer(found)
            return
        record, point = found
        options = record.options.encode()
        wanted = Creation(record.game, wishes.host, options, record.seats, wishes.is_private, wishes.bots)
        self._make(wanted, point, answer)

    def _fork_point(
        self, room_id: RoomId, version: Version, host: PlayerId
    ) -> tuple[NewRoom, ForkPoint] | Refused:
        try:
            record = self._services.journal.find_room(room_id)
            if record is None:
                return refused(Code.UNKNOWN_ROOM)
            problem = self._loader.problem(record)
            if problem is not None:
                return problem
            events = self._services.journal.read_room(record.key)
            if record.spectator_delay_ms and all(event.player_id != host for event in events[1:]):
                # Who only watched knows of no end that is not old enough.
                limit_us = old_enough_us(record, self._services.clock.now_us())
                events = [event for event in events if event.at_us <= limit_us]
            call = partial(fork_point, record, events, self._loader.fold(record), version)
            point = self._services.guard.run(Doing.LOAD, room_id, call)
        except JournalError:
            return refused(Code.UNAVAILABLE)
        except FAULTS:
            _log.exception("a room cannot be forked at version %d", version, extra={"room_id": room_id})
            return refused(Code.GAME_FAULT)
        return refused(point) if isinstance(point, Code) else (record, point)

    def _make(self, wanted: Creation, fork: ForkPoint | None, answer: CreateAnswer) -> None:
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
            args=encode_args(Created(fork)),
        )
        state = fold.begin(record.created_us, record.epoch, fork)
        room = Room(self._services, record, fold, Loaded(state, KnownActs(), ((state, first),)))
        self._codes_promised.add(record.code)
        self._services.journal.create_room(record, first, partial(self._created, room, answer))
        for seat in range(record.seats - wanted.bots, record.seats):
            room.take_seat(new_house_bot_id(self._services.entropy), Seat(seat))

    def _prepare(self, wanted: Creation) -> tuple[NewRoom, Fold] | Refused:
        if self._services.is_draining():
            return refused(Code.DRAINING)
        if len(self._shelf) + len(self._codes_promised) >= self._services.config.rooms_most:
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
        if not 0 <= wanted.spectator_delay_ms <= DELAY_MOST_MS:
            return _bad_options(f"Spectators see a room at most {DELAY_MOST_MS} ms later.")
        try:
            # With every default written out: a later default must not change this room.
            options = msgspec.json.encode(referee.options(wanted.options), order="sorted").decode()
            call = partial(self._loader.fold_of, wanted.game, options, seats)
            fold = self._services.guard.run(Doing.LOAD, _NO_ROOM_YET, call)
        except msgspec.DecodeError as error:
            return _bad_options(str(error))
        except FAULTS:
            _log.exception("the game %s failed at the options %r", game.name, wanted.options)
            return refused(Code.GAME_FAULT)
        record = NewRoom(
            room_id=new_room_id(self._services.entropy),
            key=self._services.journal.next_room_key(),
            game=wanted.game,
            rules_version=game.rules_version,
            seats=seats,
            code=self._new_code(),
            is_private=wanted.is_private,
            options=options,
            epoch=new_epoch(self._services.entropy),
            host_player_id=wanted.host,
            created_us=self._services.clock.now_us(),
            spectator_delay_ms=wanted.spectator_delay_ms,
            is_quick=wanted.is_quick,
        )
        return record, fold

    def _created(self, room: Room, answer: CreateAnswer, failure: CommitFailure | None) -> None:
        self._codes_promised.discard(room.code)
        if failure is not None:
            answer(refused(Code.UNAVAILABLE))
            return
        self._shelf.put(room)
        room.guarded(room.open)
        answer(room)

    def _new_code(self) -> JoinCode:
        while True:
            code = new_join_code(self._services.entropy)
            if self._shelf.find_code(code) is None and code not in self._codes_promised:
                return code


def _bad_options(message: str) -> Refused:
    return Refused(Code.BAD_OPTIONS.value, message)
