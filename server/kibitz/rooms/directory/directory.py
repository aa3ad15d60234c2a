"""All rooms of this server: made, found, listed, taken into memory when they are needed, closed when
nobody wants them.

The application owns one timer: it calls `tick` when `next_deadline_us` says so.
"""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

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
    Seat,
    Version,
)
from kibitz.journal.journal import Journal
from kibitz.journal.records import Event, NewRoom
from kibitz.rooms.answers import Refused, refused
from kibitz.rooms.attendance import patience_ms
from kibitz.rooms.directory.archive import ArchivedRoom, archived
from kibitz.rooms.directory.creation import CreateAnswer, Creation, Maker
from kibitz.rooms.directory.fault_reports import FaultReport, fault_reports
from kibitz.rooms.directory.heads import Head, Listed, head_of
from kibitz.rooms.directory.loading import Loader
from kibitz.rooms.directory.rounds import Rounds
from kibitz.rooms.directory.shelf import Shelf
from kibitz.rooms.fold.forks import ForkWishes
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.guard.guard import FAULTS, Doing, Guard
from kibitz.rooms.guard.quarantine import Quarantine
from kibitz.rooms.room import Room
from kibitz.rooms.services.brain_pool import BrainPool
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.services.deadlines import Deadlines
from kibitz.rooms.services.gametime import GameTime
from kibitz.rooms.services.listener import FrameListener, GalleryListener, NoFrames, NoGallery, RoomListener
from kibitz.rooms.services.services import ROOM_KINDS, SEAT_KINDS, UNJOINED, WAKE, DeadlineKey, Services
from kibitz.rooms.services.ticker import Ticker
from kibitz.rooms.views.gallery import Horizon, old_enough_us
from kibitz.rooms.views.history import ShownEvent, show
from kibitz.rules import Game, Referee

_log = logging.getLogger("kibitz.rooms")

HEARTBEAT_US = 1_000_000
"""So often the time is read at least: it is how a pause of the process is noticed."""


class Recovered(Struct, frozen=True):
    """What `recover` found: `refused` rooms are not playable, each with its code. Whether the others
    fold is known when they are needed."""

    rooms: int
    refused: Mapping[RoomId, Refused]


class Directory:
    """`games` by name; `defer` runs a callable in the next turn of the event loop (`call_soon`);
    `is_watched` tells of rooms that somebody follows without being connected to them; `frames` hears
    the ticks of matches in real time, which `ticker` wakes.

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
        quarantine: Quarantine | None = None,
        ticker: Ticker | None = None,
        frames: FrameListener | None = None,
        gallery: GalleryListener | None = None,
        is_watched: Callable[[Room], bool] = lambda room: False,
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
        self._shelf = Shelf()
        self._opened_us = self._time.now_us()
        self._settling: list[RoomId] = []
        self._is_draining = False
        self.bot_fallbacks = 0
        """How many moves of bots were not their brains', since the start."""
        self.guard = guard or Guard()
        self.quarantine = quarantine or Quarantine()
        self.ticker = ticker or Ticker(clock, None)
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
            quarantine=self.quarantine,
            ticker=self.ticker,
            frames=frames or NoFrames(),
            gallery=gallery or NoGallery(),
            settle_soon=self._settle_soon,
            forget=self._forget,
            is_draining=lambda: self._is_draining,
            fell_back=self._count_fallback,
        )
        self._loader = Loader(self._services, self._referees)
        self._rounds = Rounds(self._services, self._shelf, self._loader, self._use, is_watched)
        self._maker = Maker(self._services, self._referees, self._shelf, self._loader)

    # ------------------------------------------------------------ beginning and end

    def recover(self) -> Recovered:
        """Learn from the journal which rooms are open. Running clocks begin anew now.

        A room is read when it is needed, or in a quiet moment where something may happen in it by itself.
        One whose game is gone or has other rules, and one that crashed the server, is refused by itself.
        """
        self._opened_us = now_us = self._time.now_us()
        refusals: dict[RoomId, Refused] = {}
        for standing in self._journal.standings():
            head = head_of(standing, now_us)
            problem = self._loader.problem(head.record)
            if problem is None:
                wait_us = patience_ms(head.status, self._config) * 1000
                head = msgspec.structs.replace(head, unjoined_us=now_us + wait_us)
            else:
                refusals[head.room_id] = problem
                head = _refused_head(head, problem)
            self._shelf.put(head)
        self._rounds.begin()
        return Recovered(len(self._shelf) - len(refusals), refusals)

    def drain(self) -> None:
        """From now on `create` refuses with `draining`, and no new match starts. Acts go on; matches in
        real time are journalled up to now and paused."""
        self._is_draining = True
        for room in list(self._shelf.rooms()):
            room.guarded(room.drain)

    @property
    def is_draining(self) -> bool:
        return self._is_draining

    # ------------------------------------------------------------ making rooms

    def create(self, wanted: Creation, answer: CreateAnswer) -> None:
        """Make a room; `answer` gets it when its creation is committed, or Refused with
        `unknown_game`, `bad_options`, `draining`, `room_busy` or `unavailable`."""
        self._maker.create(wanted, answer)

    def fork(self, room_id: RoomId, version: Version, wishes: ForkWishes, answer: CreateAnswer) -> None:
        """Make a room whose first match goes on from `version` of a finished match, as soon as its seats
        are taken; `answer` as for `create`.

        `unknown_room`; `unknown_game`, `rules_changed` or `room_faulted` where that match cannot be
        folded here; `wrong_phase` and `forbidden` as `fork_point` says.
        """
        self._maker.fork(room_id, version, wishes, answer)

    # ------------------------------------------------------------ finding rooms

    def find(self, room_id: RoomId) -> Room | Refused:
        """An open room, read from the journal if need be; else `unknown_room`, `room_closed`, or why
        the room is not playable."""
        held = self._shelf.find(room_id)
        if held is not None:
            return self._use(held)
        is_known = self._journal.find_room(room_id) is not None
        return refused(Code.ROOM_CLOSED if is_known else Code.UNKNOWN_ROOM)

    def held(self, room_id: RoomId) -> Listed | None:
        """An open room as it is held, in use or not: to look at one is no reason to read it."""
        return self._shelf.find(room_id)

    def find_code(self, code: JoinCode) -> Room | Refused:
        """An open room by its join code. Codes expire with their room."""
        held = self._shelf.find_code(code)
        return refused(Code.UNKNOWN_ROOM) if held is None else self._use(held)

    def list(
        self, game: GameName | None = None, status: Status | None = None, limit: int = 100
    ) -> Sequence[Listed]:
        """Public open rooms that can be used, newest first; none is read for it."""
        found = (
            held
            for held in self._shelf.newest_first()
            if not held.is_private
            and held.status is not Status.CLOSED  # spectators are still to be shown how it ended
            and (game is None or held.game_name == game)
            and (status is None or held.status is status)
            and not (isinstance(held, Head) and held.refusal is not None)
        )
        return list(islice(found, limit))

    def all(self) -> Sequence[Listed]:
        """Every open room, private, faulted and refused ones too, in order of creation: for the admin."""
        return list(self._shelf)

    def held_code(self, code: JoinCode) -> Listed | None:
        """As `held`, by its join code."""
        return self._shelf.find_code(code)

    def faulted(self, most: int | None = None) -> Sequence[FaultReport]:
        """The newest rooms that take no actions, and why, newest first, all or so many: for the admin."""
        rooms = (held for held in self._shelf.newest_first() if held.status is Status.FAULTED)
        return fault_reports(islice(rooms, most), self.quarantine, self._journal)

    def fault_of(self, held: Listed) -> FaultReport | None:
        """Why a room takes no actions; None where it does."""
        return next(iter(fault_reports((held,), self.quarantine, self._journal)), None)

    def release(self, room_id: RoomId) -> Room | Refused:
        """For the admin: try a faulted room again, and the acts that were refused there. It is read anew;
        who is connected to it stays. `unknown_room`, or why it cannot be used all the same."""
        held = self._shelf.find(room_id)
        if held is None:
            return refused(Code.UNKNOWN_ROOM)
        self.quarantine.release(room_id)
        if isinstance(held, Room):
            held.mend()
            return held
        # Its clock was not running while the room was out of play.
        now_us = self._time.now_us()
        # Where the disk fails, it is held as before, and still tells why it is out of play.
        return self._use(msgspec.structs.replace(held, refusal=None, clock_since_us=now_us))

    @property
    def open_rooms(self) -> int:
        """How many rooms are open."""
        return len(self._shelf)

    @property
    def loaded(self) -> int:
        """How many rooms are in memory."""
        return len(self._shelf.rooms())

    def archived(self, room_id: RoomId) -> ArchivedRoom | None:
        """What the journal has about a room, open or closed; None where it has none."""
        record = self._journal.find_room(room_id)
        return None if record is None else archived(record, self._journal.read_room(record.key))

    def events(
        self, room_id: RoomId, after: Version, limit: int, player: PlayerId | None
    ) -> Sequence[ShownEvent] | Refused:
        """The committed events of a room, open or closed, as `player` (its seat then, or a
        spectator) may see them. `unknown_room` where there is none."""
        held = self._shelf.find(room_id)
        if isinstance(held, Room):
            return held.events_after(after, limit, None if player is None else held.seat_of(player), player)
        record = self._journal.find_room(room_id)
        if record is None:
            return refused(Code.UNKNOWN_ROOM)
        seat = None
        if player is not None:
            if held is None:
                players = archived(record, self._journal.read_room(record.key)).players
            else:
                players = held.players
            seat = Seat(players.index(player)) if player in players else None
        horizon = self._horizon(record, seat)
        events = self._journal.read_room(record.key, after, limit)
        told = [each for each in events if not horizon.hides(each.version, each.at_us)]
        return self._shown(record, told, seat, player)

    def horizon(self, record: NewRoom, player: PlayerId | None) -> Horizon:
        """How far `player`, or a stranger, may see into the rows of a room: of one that is in use no more
        than what players were told, and of one with a delay, without a seat, what is old enough."""
        held = self._shelf.find(record.room_id)
        if isinstance(held, Room):
            seat = None if player is None else held.seat_of(player)
            return Horizon(version=held.standing(seat)[1])
        players = () if held is None else held.players
        seat = Seat(players.index(player)) if player is not None and player in players else None
        return self._horizon(record, seat)

    def _horizon(self, record: NewRoom, seat: Seat | None) -> Horizon:
        """Of a room that is not in use."""
        if seat is not None or not record.spectator_delay_ms:
            return Horizon()
        return Horizon(at_us=old_enough_us(record, self._clock.now_us()))

    def _shown(
        self, record: NewRoom, events: Sequence[Event], seat: Seat | None, player: PlayerId | None
    ) -> Sequence[ShownEvent]:
        """Without the game where that fails, or crashed the server: what it would hide stays hidden."""
        referee = self._referees.get(record.game)
        if referee is not None and self.quarantine.room(record.room_id) is None:
            try:
                call = partial(show, events, referee.game, seat, player)
                return self.guard.run(Doing.VIEW, record.room_id, call)
            except FAULTS:
                _log.exception("the game failed to show its events", extra={"room_id": record.room_id})
        return show(events, None, seat, player)

    # ------------------------------------------------------------ time

    def tick(self) -> None:
        """Do what is due: flags, bots, grace, rooms that nobody wants."""
        now_us = self._time.now_us()
        for key, kind, seat in self._deadlines.due(now_us):
            held = self._shelf.get(key)
            if isinstance(held, Room):
                held.guarded(partial(held.on_deadline, kind, Seat(seat), now_us))
            elif held is not None:
                self._rounds.wake(key)
        self._rounds.step(now_us)

    def next_deadline_us(self) -> int:
        """When `tick` wants to be called next, on the monotonic clock; at most a second away."""
        heartbeat_us = self._clock.monotonic_us() + HEARTBEAT_US
        due = [us for us in (self._deadlines.next_us(), self._rounds.next_us()) if us is not None]
        return min(heartbeat_us, self._time.as_monotonic_us(min(due))) if due else heartbeat_us

    # ------------------------------------------------------------ for rooms

    def _settle_soon(self, room_id: RoomId) -> None:
        if not self._settling:
            self._defer(self._settle)
        self._settling.append(room_id)

    def _settle(self) -> None:
        settling, self._settling = self._settling, []
        for room_id in settling:
            room = self._shelf.find(room_id)
            if isinstance(room, Room):
                room.guarded(room.settle)

    def _count_fallback(self) -> None:
        self.bot_fallbacks += 1

    def _use(self, held: Listed) -> Room | Refused:
        """The room, in memory, and for a while at least."""
        if isinstance(held, Room):
            self._rounds.asked_for(held.key)
            return held
        if held.refusal is not None:
            return held.refusal
        room = self._loader.load(held)
        if isinstance(room, Refused):
            if room.code != Code.UNAVAILABLE:  # the disk may be well again the next time
                self._shelf.put(_refused_head(held, room))
            return room
        self._deadlines.cancel((held.key, WAKE, 0))
        self._shelf.put(room)
        grace_us = self._config.presence_grace_ms * 1000
        is_just_up = held.is_from_start and self._time.now_us() < self._opened_us + grace_us
        room.guarded(partial(room.open, awaits_players=is_just_up))
        if held.unjoined_us is not None and room.presence.is_empty:
            # Whoever looks at a room does not keep it open by that.
            self._deadlines.set((room.key, UNJOINED, 0), held.unjoined_us)
        return room

    def _forget(self, room_id: RoomId) -> None:
        held = self._shelf.remove(room_id)
        for kind in ROOM_KINDS:
            self._deadlines.cancel((held.key, kind, 0))
        for seat in range(len(held.players)):
            for kind in SEAT_KINDS:
                self._deadlines.cancel((held.key, kind, seat))


def _refused_head(head: Head, why: Refused) -> Head:
    return msgspec.structs.replace(head, status=Status.FAULTED, refusal=why, unjoined_us=None)
