"""Rooms against a separately written small model (`support.room_model`): whatever Hypothesis makes of
joining, acting, repeating, being late, other tabs, failed commits, crashes, restarts, pauses and rewinds,
both give the same answers and stand at the same state after every step.

The seed is printed; `KIBITZ_MODEL_SEED` sets it. `KIBITZ_MODEL_RUNS` sets how many runs the full size has.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from copy import deepcopy
from functools import partial
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from kibitz.ids import PlayerId, Seat, SocketId, Version
from kibitz.journal.journal import CommitFailure
from kibitz.rooms.answers import Accepted, JoinAs, Refused, Seated
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.views.views import Held
from kibitz.sync.patch import Op, apply
from support.room_house import House, Sent
from support.room_model import Model
from support.tally_room import tally_house

STEPS = 50
TURNS = 8
RUNS, FULL_RUNS = 100, int(os.environ.get("KIBITZ_MODEL_RUNS", "10000"))
SEED = int(os.environ.get("KIBITZ_MODEL_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
PLAYERS = [PlayerId(f"p_{name}") for name in ("ann", "ben", "eve", "dan")]
CONFIG = RoomsConfig(pause_limit_ms=0, bot_pause_ms=(0, 0), snapshot_every=8)

OF_PLAYERS = {"join": 8, "act": 16, "again": 5, "late": 4, "leave": 1, "rematch": 6}
OF_ADMINS = {"pause": 2, "resume": 3, "rewind": 5, "kick": 1}
BETWEEN = {"restart": 3, "attach": 3, "detach": 1, "catch_up": 4}
WHATS = [what for each in (OF_PLAYERS, OF_ADMINS, BETWEEN) for what, n in each.items() for _ in range(n)]
ENDINGS = ("commit",) * 6 + ("burst",) * 4 + ("fail", "conflict", "crash")
_step = st.tuples(
    st.sampled_from(WHATS),
    st.sampled_from((0, 1, 0, 1, 0, 1, 2, 3)),
    st.integers(0, 11),
    st.sampled_from(ENDINGS),
)
_runs = st.lists(_step, min_size=STEPS, max_size=STEPS)


class Run:
    """One room, its model, and the players' and watchers' side of both."""

    def __init__(self, house: House, room: Room) -> None:
        self.house, self.room, self.model = house, room, Model()
        self.committed = deepcopy(self.model)
        self.epochs = [room.epoch]
        self.sent: list[tuple[PlayerId, Sent, int, str, int]] = []
        self.answers: list[tuple[str, tuple[str, int | None], bool, list[Any]]] = []
        self.sockets: dict[SocketId, tuple[PlayerId, int | None]] = {}
        self.held: dict[int | None, tuple[Held, Any]] = {}
        self.count = 0

    # ------------------------------------------------------------ what is asked of both

    def ask(self, what: str, player: PlayerId, n: int) -> None:
        """Ask the room and the model the same; the answers are compared when they are due."""
        before = self.model.version
        is_dirty = before != self.committed.version
        answer: list[Any] = []
        waits = False
        expected: tuple[str, int | None]
        match what:
            case "join":
                as_ = (None, None, "player", "spectator")[n % 4]
                wanted = (None, 0, 1)[n % 3]
                waits = player in self.model.seats and player not in self.committed.seats
                expected = self.model.join(player, as_, wanted)
                joins_as = None if as_ is None else JoinAs(as_)
                self.room.join(
                    player, joins_as, None if wanted is None else Seat(wanted), None, answer.append
                )
            case "leave":
                expected = self.model.leave(player)
                self.room.leave(player, answer.append)
            case "rematch":
                waits = is_dirty
                expected = self.model.rematch(player)
                self.room.rematch(player, answer.append)
            case "pause" | "resume":
                expected = self.model.pause(resume=what == "resume")
                ask = self.room.resume if what == "resume" else partial(self.room.pause, "why")
                ask(answer.append)
            case "kick":
                expected = self.model.kick(n % 2)
                self.room.kick(Seat(n % 2), answer.append)
            case "rewind":
                to_version = max(0, self.model.version - n)
                expected = self.model.rewind(to_version)
                self.room.rewind(Version(to_version), answer.append)
            case _:
                sent, epoch, kind, amount = self._act(what, player, n)
                known = self.model.acts.get((player, sent.id))
                waits = known is not None and known[0] > self.committed.version
                expected = self.model.act(player, epoch, sent.id, sent.base, kind, amount)
                self.room.act(player, sent, answer.append)
        waits = expected[0] == "ok" and (waits or self.model.version != before)
        self.answers.append((what, expected, waits, answer))

    def _act(self, what: str, player: PlayerId, n: int) -> tuple[Sent, int, str, int]:
        mine = [each for each in self.sent if each[0] == player]
        if what == "again" and mine:
            _, sent, epoch, kind, amount = mine[n % len(mine)]
            if n == 11:  # the same id for something else
                amount = amount % 3 + 1
                sent = msgspec.structs.replace(sent, args=_args(amount))
            return sent, epoch, kind, amount
        self.count += 1
        epoch = self.committed.epoch
        base = self.committed.version
        if what == "late":
            epoch = max(0, epoch - n % 2)
            base = max(0, base - n) if n != 7 else base + 5
        kind, amount = ("bid" if n % 4 == 3 else "add"), n % 3 + 1
        sent = Sent(self.epochs[epoch], f"act-{self.count:016}", base, kind, _args(amount))
        self.sent.append((player, sent, epoch, kind, amount))
        return sent, epoch, kind, amount

    # ------------------------------------------------------------ what becomes of it

    async def commit(self) -> None:
        await _settled()
        self._remember_epoch()
        for what, expected, _, answer in self.answers:
            assert [_told(each) for each in answer] == [_as_told(what, expected)], (what, expected, answer)
        self.answers.clear()
        self.committed = deepcopy(self.model)

    async def fail(self, failure: CommitFailure) -> None:
        self.house.memory.fail_when(lambda append: failure)
        await _settled()
        self.house.memory.fail_when(lambda append: None)
        await _settled()
        for what, expected, waits, answer in self.answers:
            due = "unavailable" if waits else _as_told(what, expected)
            assert [_told(each) for each in answer] == [due], (what, expected, answer)
        self._take_back()

    async def crash(self) -> None:
        """The process dies before anything of this turn is on the disk."""
        await _settled()
        self.house.memory._held = None
        self._take_back()
        await self.restart()

    async def restart(self) -> None:
        self.house = self.house.restarted()
        found = self.house.directory.find(self.room.room_id)
        assert isinstance(found, Room)
        self.room = found
        self.sockets.clear()
        await _settled()

    def _take_back(self) -> None:
        self.answers.clear()
        self.model = deepcopy(self.committed)

    def _remember_epoch(self) -> None:
        if self.model.epoch == len(self.epochs):
            assert self.room.epoch not in self.epochs
            self.epochs.append(self.room.epoch)

    # ------------------------------------------------------------ connections

    def attach(self, player: PlayerId, tab: int) -> None:
        socket = SocketId(f"{player}-{tab % 3}")
        seats = self.committed.seats
        seat = seats.index(player) if player in seats else None
        older = next(
            (each for each, (_, its) in self.sockets.items() if its == seat and its is not None), None
        )
        told = self.room.presence.attach(socket, player, None if seat is None else Seat(seat), "websocket")
        assert told == (older if older != socket else None)
        if older is not None:
            self.sockets[older] = (self.sockets[older][0], None)
        self.sockets[socket] = (player, seat)

    def detach(self, player: PlayerId, tab: int) -> None:
        socket = SocketId(f"{player}-{tab % 3}")
        self.room.presence.detach(socket)
        self.sockets.pop(socket, None)

    def catch_up(self, n: int) -> None:
        """A watcher that fell behind is led to the present view, whatever it held."""
        viewer = (None, 0, 1)[n % 3]
        seat = None if viewer is None else Seat(viewer)
        held, value = self.held.get(viewer, (None, None))
        caught = self.room.catch_up(seat, held)
        if held is not None and held.epoch != self.room.epoch:
            assert caught.mode == "snapshot"
        if caught.mode == "snapshot":
            assert caught.view is not None
            value = msgspec.json.decode(caught.view)
        for patch in caught.patches:
            value = apply(value, [Op(**op) for op in msgspec.json.decode(patch.ops)])
        assert value == self.room.view(seat).value
        self.held[viewer] = (Held(caught.epoch, caught.version, caught.checksum), value)

    # ------------------------------------------------------------ comparing

    def compare(self) -> None:
        room, model, table = self.room, self.model, self.model.table
        for number, player in enumerate(model.seats):  # whoever lost a seat watches
            for socket, (holder, seat) in self.sockets.items():
                if seat == number and holder != player:
                    self.sockets[socket] = (holder, None)
        assert (room.version, room.status.value, room.match) == (model.version, table.status, table.match)
        assert list(room.players) == model.seats
        assert room.epoch == self.epochs[model.epoch]
        seats = room.presence.seats()
        assert [each.wants_rematch for each in seats] == model.wants
        for each in seats:
            is_here = any(holder == each.player for holder, _ in self.sockets.values())
            assert (each.status == "connected") == (each.player is not None and is_here)
        assert room.presence.spectators == sum(seat is None for _, seat in self.sockets.values())
        view: Any = room.view(None).value
        if not table.match:
            assert view["phase"] == "waiting"
            return
        phase = "over" if table.status == "finished" else "adding"
        assert (view["phase"], view["total"], view["mine"]) == (phase, table.total, None)
        for number, bid in table.bids.items():
            assert room.view(Seat(number)).value["mine"] == bid

    async def step(self, what: str, who: int, n: int, ending: str) -> None:
        player = PLAYERS[who]
        if what in BETWEEN:
            await self._between(what, player, n)
        else:
            if ending == "crash":
                self.house.memory.hold()
            self.ask(what, player, n)
            if ending in ("burst", "fail", "conflict", "crash"):
                for more in range(n % 4):  # in the same turn, so in the same commit
                    self.ask(("act", "again", "act", "late")[more], PLAYERS[(who + more) % 2], n + more)
            match ending:
                case "fail":
                    await self.fail(CommitFailure.UNAVAILABLE)
                case "conflict":
                    await self.fail(CommitFailure.CONFLICT)
                case "crash":
                    await self.crash()
                case _:
                    await self.commit()
        self.compare()

    async def _between(self, what: str, player: PlayerId, n: int) -> None:
        match what:
            case "restart":
                await self.restart()
            case "attach":
                self.attach(player, n)
            case "detach":
                self.detach(player, n)
            case _:
                self.catch_up(n)


async def _settled() -> None:
    """What was appended is committed, answered and told. `House.quiet` waits far longer, and most of a
    run's time would be spent in it."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


def _args(n: int) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode({"n": n}))


def _told(answer: object) -> object:
    match answer:
        case Refused():
            return answer.code
        case Accepted():
            return answer.version
        case Seated():
            return ("seat", answer.seat)
        case _:
            return "done"


def _as_told(what: str, expected: tuple[str, int | None]) -> object:
    """The model's answer, as `_told` puts that of the room."""
    code, value = expected
    if code != "ok":
        return code
    if what == "join":
        return ("seat", value)
    return value if what in ("act", "again", "late") else "done"


async def played(steps: list[tuple[str, int, int, str]]) -> None:
    house = tally_house(config=CONFIG)
    room = await house.create(game="tally", options=b"{}")
    run = Run(house, room)
    run.compare()
    if steps[0][2]:  # most runs begin with a match
        for who in (0, 1):
            await run.step("join", who, 0, "commit")
    for what, who, n, ending in steps:
        await run.step(what, who, n, ending)
    await run.restart()
    run.compare()


def agree(runs: int) -> None:
    print(f"room model: {runs} runs of {STEPS} steps, seed {SEED}")
    loop = asyncio.new_event_loop()
    until: Callable[[Awaitable[None]], None] = loop.run_until_complete

    @hypothesis.seed(SEED)
    @settings(
        max_examples=runs,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),  # to explain a failure takes longer than to read it
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @hypothesis.given(_runs)
    def each(steps: list[tuple[str, int, int, str]]) -> None:
        until(played(steps))

    try:
        each()
    finally:
        loop.close()


def test_the_room_is_as_its_model() -> None:
    agree(RUNS)


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_the_room_is_as_its_model_in_many_runs() -> None:
    agree(FULL_RUNS)
