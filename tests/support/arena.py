"""A house that plays light cycles, tick by tick, on a clock that tests move."""

import asyncio
from typing import Any

import msgspec

from kibitz.games.light_cycles import LightCycles, Race
from kibitz.ids import GameName, PlayerId, Seat, SocketId
from kibitz.journal.memory import MemoryJournal
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.answers import Seated
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.services.brain_pool import Chosen
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rules import Move, Referee, State
from support.room_house import ANN, BEN, House, join

GAME = GameName("light-cycles")
TICK_US, STEP_US = 50_000, 5_000
CONFIG = RoomsConfig(pause_limit_ms=0, bot_pause_ms=(0, 0))
FAST = b'{"points":1,"pace":1}'


class Steer(msgspec.Struct, frozen=True):
    epoch: str
    id: str
    base: int
    type: str
    args: msgspec.Raw
    tick: int | None = None


class Shown:
    """A `FrameListener` that remembers the newest frame, and when a match went on."""

    def __init__(self) -> None:
        self.tick = -1
        self.race: Race | None = None
        self.begun_in_ms: list[int] = []
        self.frames = 0

    def begun(self, room: Room, in_ms: int) -> None:
        self.begun_in_ms.append(in_ms)

    def ticked(self, room: Room, tick: int, game: State) -> None:
        assert isinstance(game, Race)
        self.tick, self.race = tick, game
        self.frames += 1


class Brains:
    """Answers in the next turn of the loop, with the same turn always."""

    def __init__(self, direction: str = "up") -> None:
        self.direction = direction
        self.seats: list[int] = []

    def think(self, brain: str, view: bytes, seat: Seat, seed: int, budget_ms: int, chosen: Chosen) -> None:
        self.seats.append(seat)
        asyncio.get_running_loop().call_soon(chosen, Move("steer", {"direction": self.direction}))


class Arena(House):
    """A house that plays light cycles; `tick` lets ticks pass."""

    def __init__(self, journal: MemoryJournal | None = None, **how: Any) -> None:
        self.shown = Shown()
        how.setdefault("games", {GAME: LightCycles()})
        how.setdefault("config", CONFIG)
        how.setdefault("brains", Brains())
        super().__init__(journal, frames=self.shown, **how)
        self._steers = 0

    async def started(self, *, bots: int = 0, seats: int = 2, options: bytes = FAST) -> Room:
        """A match that has just begun, with Ann and Ben connected where they play."""
        room = await self.create(game=GAME, options=options, seats=seats, bots=bots)
        for number, player in enumerate((ANN, BEN)[: seats - bots]):
            seated = await join(room, player)
            assert isinstance(seated, Seated), seated
            self.connect(room, player, number)
        await self.quiet()
        return room

    def connect(self, room: Room, player: PlayerId, seat: int | None) -> None:
        place = None if seat is None else Seat(seat)
        room.presence.attach(SocketId(f"socket-{player}"), player, place, "websocket")

    def disconnect(self, room: Room, player: PlayerId) -> None:
        room.presence.detach(SocketId(f"socket-{player}"))

    async def tick(self, ticks: int) -> None:
        for _ in range(ticks * TICK_US // STEP_US):
            self.clock.advance(STEP_US)
            self.directory.ticker.wake()
            await asyncio.sleep(0)
        self.directory.tick()
        await self.quiet()

    def steer(self, room: Room, direction: str, tick: int | None = None) -> Steer:
        self._steers += 1
        args = msgspec.Raw(f'{{"direction":"{direction}"}}'.encode())
        return Steer(room.epoch, f"steer-{self._steers:012}", room.version, "steer", args, tick)

    def events(self, room: Room) -> list[Event]:
        return list(self.journal.read_room(room.key))

    def kinds(self, room: Room) -> list[EventKind]:
        return [event.kind for event in self.events(room)]

    def folded(self, room: Room) -> bytes:
        """The state of the game as the journal has it."""
        referee = Referee(LightCycles())
        state = Fold(referee, referee.options(room.record.options), room.record.seats).all(self.events(room))
        assert state.state is not None
        return referee.encode_state(state.state)


def ticks_of(events: list[Event]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(event.args) for event in events if event.kind is EventKind.TICKS]


async def finished(arena: Arena, room: Room, most: int = 600) -> None:
    for _ in range(most // 10):
        if room.status is not Status.PLAYING:
            return
        await arena.tick(10)
    raise AssertionError("the match is not over")
