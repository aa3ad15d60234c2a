"""The bots of one room: woken when a commit leaves one of them to move, heard like any player.

A brain that fails, is too slow or names something illegal costs its bot nothing but quality: the
first legal candidate is played instead, and where there is none the bot gives the match up.
"""

import logging
from functools import partial
from typing import Any, Protocol
from zlib import crc32

import msgspec

from kibitz.codes import Code
from kibitz.ids import Epoch, PlayerId, RoomId, RoomKey, Seat, Version, is_house_bot, new_action_id
from kibitz.rooms.answers import Accepted, ActAnswer, ActLike, Refused
from kibitz.rooms.bots import BotAct
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.services import BOT, Services
from kibitz.rooms.state import RoomState
from kibitz.rooms.views import RenderedView, Viewer
from kibitz.rules import Game, Move, Referee

_log = logging.getLogger("kibitz.rooms")
_encode = msgspec.json.Encoder().encode


class BotRoom(Protocol):
    """What bots need of their room; `kibitz.rooms.room.Room` is one."""

    room_id: RoomId
    key: RoomKey
    epoch: Epoch

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


class BotSeats:
    def __init__(self, room: BotRoom, services: Services) -> None:
        self._room = room
        self._services = services
        self._thinking: set[Seat] = set()
        self._newest: RoomState | None = None
        self._players: tuple[PlayerId | None, ...] = ()
        self._has_bots = False

    def wake(self, state: RoomState, *, is_settled: bool) -> None:
        """Have the bots think that are to move in the committed `state`; not while something newer
        waits for its commit (`is_settled` False)."""
        self._newest = state
        if state.players is not self._players:
            self._players = state.players
            self._has_bots = any(player is not None and is_house_bot(player) for player in state.players)
        if not self._has_bots or not is_settled or state.status is not Status.PLAYING or state.state is None:
            return
        if self._room.status is Status.FAULTED:
            return
        for seat in self._room.game.to_move(state.state):
            player = state.players[seat]
            if player is not None and is_house_bot(player) and seat not in self._thinking:
                self._think(state, seat, player)

    def _think(self, state: RoomState, seat: Seat, player: PlayerId) -> None:
        brain = self._room.game.brain
        chosen = partial(self._chosen, state, seat, player)
        self._thinking.add(seat)
        if brain is None:  # the rules lost their brain since the room was made
            chosen(None)
            return
        # The same position gives the same thoughts, after a restart too.
        seed = crc32(f"{self._room.room_id} {state.version} {seat}".encode())
        view = self._room.view(seat).json
        self._services.brains.think(brain, view, seat, seed, self._services.config.bot_budget_ms, chosen)

    def _chosen(self, state: RoomState, seat: Seat, player: PlayerId, move: Move | None) -> None:
        self._thinking.discard(seat)
        if self._newest is not state:  # the game went on meanwhile
            if self._newest is not None:
                self.wake(self._newest, is_settled=self._room.version == self._newest.version)
            return
        legal = self._legal(state.state, seat, move)
        if legal is None:
            self._room.give_up(seat)
            return
        act = BotAct(
            self._room.epoch,
            new_action_id(self._services.entropy),
            state.version,
            legal.type,
            msgspec.Raw(_encode(legal.args)),
        )
        self._room.act(player, act, partial(self._answered, seat))

    def _legal(self, state: Any, seat: Seat, move: Move | None) -> Move | None:
        referee = self._room.referee
        try:
            if move is not None and referee.is_legal(state, seat, move):
                return move
            _log.warning("room %s: the bot in seat %d falls back (%s)", self._room.room_id, seat, move)
            moves = referee.legal_moves(state, seat)
        except Exception:
            _log.exception("room %s: the game failed to list a bot's moves", self._room.room_id)
            return None
        return moves[0] if moves else None

    def _answered(self, seat: Seat, answer: Accepted | Refused) -> None:
        if isinstance(answer, Refused):
            _log.warning("room %s: the bot in seat %d was refused: %s", self._room.room_id, seat, answer.code)
            if answer.code in (Code.UNAVAILABLE, Code.ROOM_BUSY):
                retry_us = self._services.config.bot_retry_ms * 1000
                key = (self._room.key, BOT, int(seat))
                self._services.deadlines.set(key, self._services.time.now_us() + retry_us)
