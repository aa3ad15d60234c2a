"""Brains in real time: asked every few ticks. An answer counts some ticks after the question, so that a
brain knows what it plans for; one that comes later than that counts at once.

They ride for the bots' own seats and, where the game has a `substitute`, for players who are away. Nobody
waits for them: a brain that is slow or fails leaves its seat going on as it does.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from kibitz.ids import PlayerId, Seat, is_house_bot
from kibitz.rooms.guard.guard import FAULTS, Doing
from kibitz.rooms.services.services import Services
from kibitz.rules import Move, State
from kibitz.sync.canonical import encode

if TYPE_CHECKING:
    from kibitz.rooms.room import Room

Ride: TypeAlias = Callable[[Seat, PlayerId | None, Move], None]
"""Carries out what a brain chose; without a player it stands in for one."""


class LiveBots:
    def __init__(self, room: "Room", services: Services, ride: Ride) -> None:
        self._room = room
        self._services = services
        self._ride = ride
        self._thinking: set[Seat] = set()
        self._tick = 0
        self._waiting: list[tuple[int, Seat, Move]] = []
        config, per_second = services.config, room.game.ticks_per_second
        self._every = max(1, config.live_bot_every_ms * per_second // 1000)
        self._answer_after = config.live_bot_answer_ms * per_second // 1000

    def think(self, tick: int, game: State) -> None:
        """Carry out what was answered; ask for the seats that are to move and that nobody plays, if it is
        time again."""
        self._tick = tick
        if self._waiting:
            due = [each for each in self._waiting if each[0] <= tick]
            self._waiting = [each for each in self._waiting if each[0] > tick]
            for _, seat, move in due:
                self._do(seat, move)
        brain = self._room.game.brain
        if brain is None or tick % self._every:
            return
        to_move = self._services.guard.run(
            Doing.BOT, self._room.room_id, partial(self._room.game.to_move, game)
        )
        seats = [seat for seat in to_move if self._is_ours(seat)]
        if not seats:
            return
        shared: bytes | None = None
        for seat in seats:
            if seat in self._thinking:
                continue
            if shared is None or self._room.game.views_differ:
                shared = self._view(game, seat)
            if shared is None:
                return
            self._thinking.add(seat)
            seed = crc32(f"{self._room.room_id} {tick} {seat}".encode())
            budget_ms = self._services.config.live_bot_budget_ms
            self._services.brains.think(
                brain, shared, seat, seed, budget_ms, partial(self._chosen, seat, tick)
            )

    def _is_ours(self, seat: Seat) -> bool:
        player = self._room.players[seat]
        if player is None:
            return False
        return is_house_bot(player) or (self._room.game.substitute and self._room.presence.is_away(seat))

    def _view(self, game: State, seat: Seat) -> bytes | None:
        try:
            self._services.guard.enter(Doing.VIEW, self._room.room_id)
            return encode(dict(self._room.game.view(game, seat)))
        except FAULTS:
            return None  # whoever shows it to the players finds the same
        finally:
            self._services.guard.leave()

    def _chosen(self, seat: Seat, asked_at: int, move: Move | None) -> None:
        self._thinking.discard(seat)
        if move is None:
            self._services.fell_back()
        elif asked_at + self._answer_after > self._tick >= asked_at:
            self._waiting.append((asked_at + self._answer_after, seat, move))
        else:
            self._do(seat, move)

    def _do(self, seat: Seat, move: Move) -> None:
        player = self._room.players[seat]
        if player is not None and self._is_ours(seat):  # else the player is back, or gone
            self._ride(seat, player if is_house_bot(player) else None, move)
