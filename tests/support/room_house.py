"""Rooms with all that they need, on a journal in memory and a clock that moves when told."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import msgspec

from kibitz.app.listeners import Listeners
from kibitz.games.connect_four import ConnectFour
from kibitz.ids import GameName, PlayerId, RoomId, Seat
from kibitz.journal.journal import Journal
from kibitz.journal.memory import MemoryJournal
from kibitz.rooms.answers import Accepted, JoinAs, Left, Refused, Seated
from kibitz.rooms.directory.creation import Creation
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.guard.guard import Guard
from kibitz.rooms.guard.quarantine import Quarantine
from kibitz.rooms.room import Room
from kibitz.rooms.services.brain_pool import Chosen
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.services.listener import FrameListener, GalleryListener, RoomListener
from kibitz.rooms.views.update import Update
from kibitz.rooms.views.views import EVERYBODY, Held, RenderedPatch
from kibitz.rules import Game, Move
from support.manual_clock import ManualClock

T = TypeVar("T")

ANN, BEN, EVE = PlayerId("p_ann"), PlayerId("p_ben"), PlayerId("p_eve")
UNTIMED = b'{"clock_ms":null}'


class Sent(msgspec.Struct, frozen=True):
    """An action as a client sends it."""

    epoch: str
    id: str
    base: int
    type: str
    args: msgspec.Raw


@dataclass
class Told:
    """Everything that a listener heard, in order, as (what, room, detail)."""

    log: list[tuple[str, RoomId, Any]] = field(default_factory=list)
    patches: list[RenderedPatch] = field(default_factory=list)
    viewer_classes: tuple[int, ...] = (EVERYBODY,)

    def committed(self, room: Room, update: Update) -> None:
        self.log.append(("committed", room.room_id, (update.base, update.version)))
        self.patches.extend(update.patch(each) for each in self.viewer_classes)

    def presence_changed(self, room: Room) -> None:
        """Nobody watches presence here."""

    def reloaded(self, room: Room) -> None:
        self.log.append(("reloaded", room.room_id, room.version))

    def faulted(self, room: Room) -> None:
        self.log.append(("faulted", room.room_id, room.version))

    def mended(self, room: Room) -> None:
        self.log.append(("mended", room.room_id, room.version))

    def closed(self, room: Room) -> None:
        self.log.append(("closed", room.room_id, room.version))

    def words(self) -> list[str]:
        return [what for what, _, _ in self.log]


@dataclass
class ScriptedBrains:
    """Brains that answer when a test says so, or at once in the next turn by `choose`."""

    choose: Callable[[bytes, Seat, int], Move | None] | None = None
    asked: list[tuple[str, bytes, Seat, int, Chosen]] = field(default_factory=list)

    def think(self, brain: str, view: bytes, seat: Seat, seed: int, budget_ms: int, chosen: Chosen) -> None:
        self.asked.append((brain, view, seat, seed, chosen))
        if self.choose is not None:
            asyncio.get_running_loop().call_soon(chosen, self.choose(view, seat, seed))


def count_entropy() -> Callable[[int], bytes]:
    """Entropy that a test can foresee: 1, 2, 3 …"""
    count = 0

    def draw(n: int) -> bytes:
        nonlocal count
        count += 1
        return count.to_bytes(n, "little")

    return draw


class House:
    """A directory over a journal. `restarted` is a new process on the same journal."""

    def __init__(
        self,
        journal: Journal | None = None,
        *,
        clock: ManualClock | None = None,
        games: Mapping[GameName, Game[Any]] | None = None,
        config: RoomsConfig | None = None,
        brains: ScriptedBrains | None = None,
        entropy: Callable[[int], bytes] | None = None,
        guard: Guard | None = None,
        frames: FrameListener | None = None,
        gallery: GalleryListener | None = None,
        also: Sequence[RoomListener] = (),
        quarantine: Quarantine | None = None,
        is_watched: Callable[[Room], bool] = lambda room: False,
    ) -> None:
        self.memory = journal if isinstance(journal, MemoryJournal) else MemoryJournal()
        self.journal: Journal = journal or self.memory
        self.clock = clock or ManualClock()
        self.games = games or {GameName("connect-four"): ConnectFour()}
        self.config = config or RoomsConfig(pause_limit_ms=0, bot_pause_ms=(0, 0))
        self.told = Told()
        self.brains = brains or ScriptedBrains()
        self.entropy = entropy or count_entropy()
        self.directory = Directory(
            games=self.games,
            journal=self.journal,
            clock=self.clock,
            listener=Listeners(self.told, *also) if also else self.told,
            brains=self.brains,
            defer=asyncio.get_running_loop().call_soon,
            config=self.config,
            entropy=self.entropy,
            guard=guard,
            frames=frames,
            gallery=gallery,
            quarantine=quarantine,
            is_watched=is_watched,
        )
        self._acts = 0

    def restarted(self, **changed: Any) -> "House":
        kept = {
            "clock": self.clock,
            "games": self.games,
            "config": self.config,
            "brains": self.brains,
            "entropy": self.entropy,
        }
        house = House(self.journal, **{**kept, **changed})
        house._acts = self._acts + 1_000
        house.directory.recover()
        house.directory.tick()  # as the application does at once
        return house

    async def quiet(self) -> None:
        """Let everything that can happen without time passing happen."""
        for _ in range(30):
            await asyncio.sleep(0)

    async def create(self, *, options: bytes = UNTIMED, **wanted: Any) -> Room:
        room = await asked(
            partial(
                self.directory.create,
                Creation(
                    GameName(wanted.pop("game", "connect-four")),
                    wanted.pop("host", ANN),
                    options,
                    **wanted,
                ),
            )
        )
        assert isinstance(room, Room), room
        return room

    async def playing(self, **wanted: Any) -> Room:
        """A room in which Ann, who begins, and Ben play."""
        room = await self.create(**wanted)
        for player in (ANN, BEN):
            seated = await join(room, player)
            assert isinstance(seated, Seated), seated
        await self.quiet()
        return room

    def sent(self, room: Room, column: int, *, base: int | None = None, action_id: str | None = None) -> Sent:
        self._acts += 1
        return Sent(
            room.epoch,
            action_id or f"action-{self._acts:012}",
            room.version if base is None else base,
            "drop",
            msgspec.Raw(msgspec.json.encode({"column": column})),
        )

    async def drop(self, room: Room, player: PlayerId, column: int, **how: Any) -> Accepted | Refused:
        return await act(room, player, self.sent(room, column, **how))

    async def drops(self, room: Room, columns: str) -> None:
        """Ann and Ben in turn, Ann first; columns as digits."""
        for number, column in enumerate(columns):
            answer = await self.drop(room, (ANN, BEN)[number % 2], int(column))
            assert isinstance(answer, Accepted), answer

    async def pass_time(self, seconds: float) -> None:
        """In steps of the heartbeat, as the application's timer does."""
        left_us = round(seconds * 1e6)
        while left_us > 0:
            step_us = min(left_us, 1_000_000)
            self.clock.advance(step_us)
            left_us -= step_us
            self.directory.tick()
        await self.quiet()


async def asked(ask: Callable[[Callable[[T], None]], object]) -> T:
    """The answer to a question that is answered by a callback."""
    answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    ask(answer.set_result)
    return await answer


async def join(
    room: Room,
    player: PlayerId,
    as_: JoinAs | None = None,
    seat: int | None = None,
    held: Held | None = None,
) -> Seated | Refused:
    return await asked(partial(room.join, player, as_, None if seat is None else Seat(seat), held))


async def act(room: Room, player: PlayerId, sent: Sent) -> Accepted | Refused:
    return await asked(partial(room.act, player, sent))


async def leave(room: Room, player: PlayerId) -> Left | Refused:
    return await asked(partial(room.leave, player))


async def rematch(room: Room, player: PlayerId) -> Left | Refused:
    return await asked(partial(room.rematch, player))
