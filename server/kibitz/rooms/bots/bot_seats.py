"""The bots of one room: woken when a commit leaves one of them to move, heard like any player.

An answer at once would feel like a machine's, so a bot takes a moment, counted from the beginning of
its turn: what its brain takes is part of it. A brain that fails, is too slow or names something
illegal costs its bot nothing but quality: a legal candidate is played instead, and where there is
none the bot gives the match up.
"""

import logging
from functools import partial
from typing import Any, Protocol
from zlib import crc32

import msgspec
from msgspec import Struct

from kibitz.codes import Code
from kibitz.ids import Epoch, PlayerId, RoomId, RoomKey, Seat, Version, is_house_bot, new_action_id
from kibitz.rooms.answers import Accepted, ActAnswer, ActLike, Refused
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.guard.guard import FAULTS, Doing
from kibitz.rooms.services.brain_pool import BotAct
from kibitz.rooms.services.services import BOT, Services
from kibitz.rooms.views.views import RenderedView, Viewer
from kibitz.rules import Game, Move, Referee

_log = logging.getLogger("kibitz.rooms")
_encode = msgspec.json.Encoder().encode

_CLOCK_SHARE = 20
"""At most this part of the time that a bot has left goes into one pause, or there is none."""
_WORTH_A_RETRY = (Code.UNAVAILABLE, Code.ROOM_BUSY, Code.GAME_FAULT)
"""A game that fails at a bot's move fails again: so the room is stopped, and its players are told."""


class BotRoom(Protocol):
    """What bots need of their room; `kibitz.rooms.room.Room` is one."""

    room_id: RoomId
    key: RoomKey

    @property
    def epoch(self) -> Epoch: ...
    @property
    def game(self) -> Game[Any]: ...
    @property
    def referee(self) -> Referee[Any]: ...
    @property
    def version(self) -> Version: ...
    @property
    def status(self) -> Status: ...
    def view(self, viewer: Viewer) -> RenderedView: ...
    def act(self, player: PlayerId, act: ActLike, answer: ActAnswer) -> None: ...
    def give_up(self, seat: Seat) -> None: ...


class _Choice(Struct, frozen=True):
    """What a brain wants to do in `state`; None where it has no idea."""

    state: RoomState
    player: PlayerId
    move: Move | None


class BotSeats:
    def __init__(self, room: BotRoom, services: Services) -> None:
        self._room = room
        self._services = services
        self._thinking: set[Seat] = set()
        self._pausing: dict[Seat, _Choice] = {}
        self._turn_since_us: dict[Seat, int] = {}
        self._newest: RoomState | None = None
        self._players: tuple[PlayerId | None, ...] = ()
        self._seats: tuple[Seat, ...] = ()
        self._fell_back = False

    @property
    def is_thinking(self) -> bool:
        return bool(self._thinking or self._pausing)

    def wake(self, state: RoomState, *, is_settled: bool) -> None:
        """Have the bots think that are to move in the committed `state`; not while something newer
        waits for its commit (`is_settled` False)."""
        self._newest = state
        if state.players is not self._players:
            self._players = state.players
            self._seats = tuple(
                Seat(n) for n, each in enumerate(state.players) if each and is_house_bot(each)
            )
        if not self._seats or not is_settled:
            return
        to_move: tuple[Seat, ...] = ()
        if state.status is Status.PLAYING and state.state is not None:
            to_move = self._services.guard.run(
                Doing.BOT, self._room.room_id, partial(self._room.game.to_move, state.state)
            )
        for seat in self._seats:
            if seat not in to_move or self._room.status is Status.FAULTED:
                self._turn_since_us.pop(seat, None)
                self._pausing.pop(seat, None)
            elif seat not in self._thinking and not self._has_chosen(seat, state):
                self._think(state, seat)

    def due(self, seat: Seat, state: RoomState, *, is_settled: bool) -> None:
        """The deadline of `seat` has come: its pause is over, or it is time to try again."""
        choice = self._pausing.pop(seat, None)
        if choice is not None and choice.state is state:
            self._play(seat, choice)
        else:
            self.wake(state, is_settled=is_settled)

    def wake_later(self) -> None:
        """Something was lost: see in a while what there is to do now."""
        due_us = self._services.time.now_us() + self._services.config.retry_ms * 1000
        for seat in self._seats:
            self._services.deadlines.set((self._room.key, BOT, int(seat)), due_us)

    # ------------------------------------------------------------ thinking

    def _has_chosen(self, seat: Seat, state: RoomState) -> bool:
        choice = self._pausing.get(seat)
        return choice is not None and choice.state is state

    def _seed(self, state: RoomState, seat: Seat) -> int:
        # The same position gives the same thoughts, after a restart too.
        return crc32(f"{self._room.room_id} {state.version} {seat}".encode())

    def _think(self, state: RoomState, seat: Seat) -> None:
        player = state.players[seat]
        if player is None:
            return
        self._turn_since_us.setdefault(seat, self._services.time.now_us())
        self._pausing.pop(seat, None)
        chosen = partial(self._chosen, state, seat, player)
        brain = self._room.game.brain
        if brain is None:  # the rules lost their brain since the room was made
            chosen(None)
            return
        view = self._room.view(seat).json  # may fail, and then nobody thinks
        self._thinking.add(seat)
        budget_ms = self._services.config.bot_budget_ms
        self._services.brains.think(brain, view, seat, self._seed(state, seat), budget_ms, chosen)

    def _chosen(self, state: RoomState, seat: Seat, player: PlayerId, move: Move | None) -> None:
        self._thinking.discard(seat)
        if self._newest is not state:  # the game went on meanwhile
            if self._newest is not None:
                self.wake(self._newest, is_settled=self._room.version == self._newest.version)
            return
        choice = _Choice(state, player, move)
        now_us = self._services.time.now_us()
        due_us = self._turn_since_us.get(seat, now_us) + self._pause_ms(state, seat) * 1000
        if now_us >= due_us:
            self._play(seat, choice)
        else:
            self._pausing[seat] = choice
            self._services.deadlines.set((self._room.key, BOT, int(seat)), due_us)

    def _pause_ms(self, state: RoomState, seat: Seat) -> int:
        least_ms, most_ms = self._services.config.bot_pause_ms
        pause_ms = least_ms + (self._seed(state, seat) >> 8) % (most_ms - least_ms + 1)
        if state.clock is None or not state.clock.is_running:
            return pause_ms
        affordable_ms = state.clock.remaining_ms[seat] // _CLOCK_SHARE
        # Deadlines are some 250 ms coarse: who cannot afford a whole pause takes none.
        return min(pause_ms, affordable_ms) if affordable_ms >= least_ms else 0

    # ------------------------------------------------------------ moving

    def _play(self, seat: Seat, choice: _Choice) -> None:
        self._turn_since_us.pop(seat, None)
        state = choice.state
        move = self._legal(state, seat, choice.move)
        if move is None:
            self._room.give_up(seat)
            return
        act = BotAct(
            self._room.epoch,
            new_action_id(self._services.entropy),
            state.version,
            move.type,
            msgspec.Raw(_encode(move.args)),
        )
        self._room.act(choice.player, act, partial(self._answered, seat))

    def _legal(self, state: RoomState, seat: Seat, move: Move | None) -> Move | None:
        referee, game = self._room.referee, state.state
        if game is None:
            return None
        try:
            self._services.guard.enter(Doing.BOT, self._room.room_id)
            if move is not None and referee.is_legal(game, seat, move):
                return move
            self._services.fell_back()
            if not self._fell_back:  # once: a broken brain fails at every move
                self._fell_back = True
                _log.warning(
                    "the bot in seat %d falls back (%s)", seat, move, extra={"room_id": self._room.room_id}
                )
            return referee.fallback(game, seat, self._seed(state, seat))
        except FAULTS:
            _log.exception("the game failed to list a bot's moves", extra={"room_id": self._room.room_id})
            return None
        finally:
            self._services.guard.leave()

    def _answered(self, seat: Seat, answer: Accepted | Refused) -> None:
        if isinstance(answer, Refused):
            _log.warning(
                "the bot in seat %d was refused: %s",
                seat,
                answer.code,
                extra={"room_id": self._room.room_id},
            )
            if answer.code in _WORTH_A_RETRY:
                self.wake_later()
