"""Two whole servers that differ only in what is hidden: every byte that a player is sent must be the same.

Each pair of worlds plays one match of Liar's Dice up to the end of one round. In that round the other
world's dice are different under every cup but the observer's own; before it, all that was shown is the
same. The seeds differ from the beginning, and so the promises of them are blinded. Both servers run in
simulated time on the same entropy, so that nothing else can differ.
"""

import asyncio
import json
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import aiohttp
from msgspec import Struct

from kibitz.app.server import Server
from kibitz.config import Settings
from kibitz.games import liars_dice_table as tables
from kibitz.games.liars_dice import LiarsDice
from kibitz.games.liars_dice_table import BIDDING, Dice
from kibitz.games.registry import Registry
from kibitz.ids import GameName, RoomId, Seat
from kibitz.journal.memory import MemoryJournal
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rules import SEED_BYTES, Chance
from support.player_wire import PlayerWire
from support.room_house import ScriptedBrains
from support.simulated_loop import Line, SimulatedLoop, run_simulated

URL = "http://127.0.0.1"
SEATS_MOST = 4
NUMBER_BYTES = 4
READY_S = 1_060.0
"""When the players have their sessions, in the loop's time."""


class Plan(Struct, frozen=True):
    """A match: `observer` None watches. The worlds part in the throw that begins at `position`."""

    number: int
    seats: int
    dice: int
    observer: Seat | None
    round: int
    position: int


def plan(number: int) -> Plan:
    chance = Random(f"plan {number}")
    seats, dice = chance.randint(2, SEATS_MOST), chance.choice((1, 1, 2, 2, 3, 5))
    rounds = chance.randint(1, min(3, (seats - 1) * dice))
    observer = chance.choice((None, *range(seats)))
    # Each round before was one challenge, and cost one die.
    position = sum(seats * dice - lost for lost in range(rounds - 1))
    return Plan(number, seats, dice, None if observer is None else Seat(observer), rounds, position)


class DealtDice(LiarsDice):
    """Dice from a table instead of the seed: the same in both worlds but for those that are hidden."""

    def __init__(self, world: int) -> None:
        self.world = world

    def throw(self, chance: Chance, counts: tuple[int, ...]) -> tuple[Dice, Chance]:
        _, after = tables.throw(chance, counts)
        told = plan(int.from_bytes(chance.seed[-NUMBER_BYTES:], "big"))
        dice = []
        for seat, count in enumerate(counts):
            is_hidden = self.world and chance.position == told.position and seat != told.observer
            drawn = Random(f"{told.number} {chance.position} {seat} {self.world if is_hidden else 0}")
            dice.append(tuple(drawn.randint(1, 6) for _ in range(count)))
        return tuple(dice), after


@dataclass
class Entropy:
    """The same in both worlds; once `number` is set, seeds of matches are not."""

    world: int
    number: int | None = None
    seeds: list[bytes] = field(default_factory=list)
    _chance: Random = field(default_factory=lambda: Random("entropy"))

    def __call__(self, count: int) -> bytes:
        if count != SEED_BYTES or self.number is None:
            return self._chance.randbytes(count)
        secret = Random(f"seed {self.world} {self.number}").randbytes(SEED_BYTES - NUMBER_BYTES)
        self.seeds.append(secret + self.number.to_bytes(NUMBER_BYTES, "big"))
        return self.seeds[-1]


@dataclass
class Heard:
    """What one viewer was sent in one match, by how it came."""

    socket: list[str] = field(default_factory=list)
    polled: list[str] = field(default_factory=list)
    feed: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)

    def size(self) -> int:
        return sum(len(text) for texts in vars(self).values() for text in texts)


class RecordedWire(PlayerWire):
    """Keeps each text as it came."""

    heard: list[str]

    async def _take(self, text: str) -> None:
        self.heard.append(text)
        await super()._take(text)


class PolledWire:
    """One Socket.IO connection by long-polling, for who only watches."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._at = f"{URL}/socket.io/?EIO=4&transport=polling"
        self.heard: list[str] = []

    async def open(self, token: str) -> None:
        async with self._http.get(self._at) as answer:
            self._at += "&sid=" + json.loads((await answer.text())[1:])["sid"]
        await self.send("40" + json.dumps({"token": token}))
        self.task = asyncio.create_task(self._poll())

    async def send(self, text: str) -> None:
        async with self._http.post(self._at, data=text) as answer:
            await answer.read()

    async def _poll(self) -> None:
        while True:
            async with self._http.get(self._at) as answer:
                text = await answer.text()
                if answer.status != 200:
                    return
                self.heard.append(text)
                if text.startswith("2"):
                    await self.send("3")


class _World:
    """One server, its players, and what the observer and the spectators hear."""

    def __init__(self, loop: SimulatedLoop, directory: Path, game: DealtDice, entropy: Entropy) -> None:
        self._loop = loop
        self._directory = directory
        self._game = game
        self._entropy = entropy

    async def play(self, numbers: range) -> list[list[Heard]]:
        """By match: the observer's and the spectator's."""
        async with AsyncExitStack() as stack:
            journal = MemoryJournal(self._loop)
            self._server = server = await Server.start(
                Settings(data=self._directory, port=80, limits="off"),
                fatal=lambda problem: None,
                clock=_LoopClock(self._loop),
                open_journal=lambda *_: journal,
                brains=ScriptedBrains(),
                rooms=RoomsConfig(pause_limit_ms=0),
            )
            stack.push_async_callback(server.stop)
            await self._enter(stack)
            return [await self._match(plan(number)) for number in numbers]

    async def _enter(self, stack: AsyncExitStack) -> None:
        self._http: list[aiohttp.ClientSession] = []
        self._tokens: list[str] = []
        self._wires: list[RecordedWire] = []
        for number in range(SEATS_MOST + 2):
            name = f"player-{number}"
            self._loop.lines[name] = Line(Random(name))
            # How long a connection is kept for the next request, aiohttp counts in real time.
            connector = aiohttp.UnixConnector(name, limit=0, force_close=True)
            http = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
            stack.push_async_callback(http.close)
            body = {"name": name, "client": "api"}
            async with http.post(f"{URL}/api/session", json=body) as answer:
                self._tokens.append((await answer.json())["token"])
            self._http.append(http)
        # Accounts write on a thread of their own: how long that takes is nobody's to say. From here on both
        # worlds have the same time.
        await asyncio.sleep(READY_S - self._loop.time())
        for number in range(SEATS_MOST + 1):
            ws = await self._http[number].ws_connect(f"{URL}/socket.io/?EIO=4&transport=websocket")
            wire = RecordedWire(ws)
            wire.heard = []
            stack.push_async_callback(wire.close)
            await wire.send_text("40" + json.dumps({"token": self._tokens[number]}))
            await wire.connected.wait()
            self._wires.append(wire)
        self._polled = PolledWire(self._http[-1])
        await self._polled.open(self._tokens[-1])
        stack.callback(self._polled.task.cancel)

    async def _match(self, told: Plan) -> list[Heard]:
        self._entropy.number = told.number
        chance = Random(f"play {told.number}")
        seen = [Heard(), Heard()]
        observer = told.observer if told.observer is not None else SEATS_MOST
        for wire in self._wires:
            wire.heard.clear()
            wire.events.clear()
            wire.log.clear()
        self._polled.heard.clear()
        body = {"game": "liars-dice", "seats": told.seats, "options": {"dice": told.dice, "spot_on": True}}
        headers = {"Authorization": f"Bearer {self._tokens[0]}"}
        async with self._http[0].post(f"{URL}/api/rooms", json=body, headers=headers) as answer:
            self._room = RoomId((await answer.json())["room_id"])
        feed = asyncio.create_task(self._follow(seen[1]))
        for number in (*range(told.seats), SEATS_MOST):
            part = "spectator" if number == SEATS_MOST else "player"
            await self._wires[number].emit("join", {"room": self._room, "as": part})
        await self._polled.send("42" + json.dumps(["join", {"room": self._room, "as": "spectator"}]))
        await self._up_to_the_reveal(told, observer, chance, seen)
        await asyncio.sleep(0.6)  # presence is told a quarter of a second late, and then all has arrived
        seen[0].socket = list(self._wires[observer].heard)
        seen[1].socket = list(self._wires[SEATS_MOST].heard)
        seen[1].polled = list(self._polled.heard)
        feed.cancel()
        with suppress(asyncio.CancelledError):
            await feed
        self._hold_seeds_back(seen)
        for number in (SEATS_MOST, *range(told.seats)):
            await self._wires[number].emit("leave", {"room": self._room})
        await self._polled.send("42" + json.dumps(["leave", {"room": self._room}]))
        await asyncio.sleep(0.3)
        return seen

    # ------------------------------------------------------------ playing

    async def _up_to_the_reveal(self, told: Plan, observer: int, chance: Random, seen: list[Heard]) -> None:
        """Everybody acts by what all can see, so that both worlds go the same way."""
        while True:
            room, table = self._standing()
            if chance.random() < 0.25:
                await self._pry(told, observer, chance, seen)
            if table["phase"] != BIDDING:
                for seat in table["waiting"]:
                    await self._act(seat, room, "ready", {})
                continue
            is_last = table["round"] == told.round
            least = (1, 2)
            if table["bids"]:
                count, face = table["bids"][-1]["count"], table["bids"][-1]["face"]
                least = (count, face + 1) if face < 6 else (count + 1, 2)
            is_called = bool(table["bids"]) and (chance.random() < 0.4 or least[0] > sum(table["counts"]))
            if is_called and is_last:
                await self._pry(told, observer, chance, seen)
                return
            if is_called:
                await self._act(table["turn"], room, "challenge", {})
            else:
                bid = {"count": least[0], "face": chance.randint(least[1], 6)}
                await self._act(table["turn"], room, "bid", bid)

    def _standing(self) -> tuple[Room, Any]:
        """The room, and what everybody can see of it."""
        room = self._server.directory.find(self._room)
        if not isinstance(room, Room):
            raise TypeError(f"the room is gone: {room}")
        return room, room.view(None).value

    async def _act(self, number: int, room: Room, name: str, args: dict[str, int]) -> dict[str, Any]:
        return await self._wires[number].emit("act", self._message(room, name, args))

    def _message(self, room: Room, name: str, args: dict[str, int], back: int = 0) -> dict[str, Any]:
        action_id = f"{self._entropy(12).hex()}"
        return {
            "room": self._room,
            "epoch": room.epoch,
            "id": action_id,
            "base": room.version - back,
            "type": name,
            "args": args,
        }

    async def _pry(self, told: Plan, observer: int, chance: Random, seen: list[Heard]) -> None:
        """The observer and the spectator try whatever might tell them more."""
        room, table = self._standing()
        wire, watcher = self._wires[observer], self._wires[SEATS_MOST]
        attempts = [
            ("act", self._message(room, "bid", {"count": told.seats * told.dice + 1, "face": 2})),
            ("act", self._message(room, "bid", {"count": 1, "face": 1})),
            ("act", self._message(room, "bid", {"count": 0, "face": 9})),
            ("act", self._message(room, "peek", {"seat": 0})),
            ("act", self._message(room, "ready", {})),
            ("act", self._message(room, "spot_on", {}, back=1)),
            ("resync", {"room": self._room, "epoch": room.epoch, "version": room.version, "checksum": 1}),
            ("resync", {"room": self._room, "epoch": room.epoch, "version": room.version - 1, "checksum": 7}),
            ("join", {"room": self._room}),
            ("chat", {"room": self._room, "text": "what have you got?"}),
            ("rematch", {"room": self._room}),
        ]
        if observer == table["turn"] or observer in table["waiting"]:
            # What could be accepted would move the match on.
            attempts = [each for each in attempts if each[1].get("type") not in ("ready", "spot_on")]
        for event, payload in chance.sample(attempts, 3):
            await wire.emit(event, payload)
        event, payload = chance.choice(attempts[-5:-1])
        await watcher.emit(event, payload)
        at = f"/api/rooms/{self._room}"
        paths = [at, f"{at}/events", f"{at}/history", f"{at}/replay", "/api/rooms"]
        paths += [f"{at}/replay?match=1&seat={seat}" for seat in range(told.seats)]
        for path in chance.sample(paths, 2):
            for number, heard in ((observer, seen[0]), (SEATS_MOST, seen[1])):
                headers = {"Authorization": f"Bearer {self._tokens[number]}"}
                async with self._http[number].get(URL + path, headers=headers) as answer:
                    heard.rest.append(f"{path} {answer.status} {await answer.text()}")

    async def _follow(self, heard: Heard) -> None:
        async with self._http[SEATS_MOST].get(f"{URL}/api/rooms/{self._room}/feed") as answer:
            async for line in answer.content:
                heard.feed.append(line.decode())

    def _hold_seeds_back(self, seen: list[Heard]) -> None:
        """No seed is in anything that anybody was sent before the end."""
        for seed in self._entropy.seeds[-1:]:
            secret = seed.hex()
            for wire in self._wires:
                if any(secret in text for text in wire.heard):
                    raise Leak(f"the seed {secret} was sent before the end")
            for heard in seen:
                if any(secret in text for text in (*heard.feed, *heard.rest, *heard.polled)):
                    raise Leak(f"the seed {secret} was sent before the end")


class Leak(AssertionError):
    """A byte that tells what is hidden."""


class _LoopClock:
    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop

    def now_us(self) -> int:
        return 1_800_000_000_000_000 + self.monotonic_us()

    def monotonic_us(self) -> int:
        return round(self._loop.time() * 1e6)


def heard_in(world: int, numbers: range, directory: Path, game: type[DealtDice]) -> list[list[Heard]]:
    """What is heard in these matches in one world."""
    entropy, dealt = Entropy(world), game(world)
    directory.mkdir(parents=True, exist_ok=True)
    with _one_entropy(entropy, dealt):
        return run_simulated(lambda loop: _World(loop, directory, dealt, entropy).play(numbers))


@contextmanager
def _one_entropy(entropy: Entropy, game: DealtDice) -> Iterator[None]:
    with (
        patch.object(random, "_urandom", entropy),
        patch("kibitz.app.opening.load_games", lambda **_: Registry({GameName("liars-dice"): game}, ())),
        patch("kibitz.rooms.views.frame_keys.commitment", lambda seed: "blinded"),
        patch("kibitz.games.liars_dice_table.commitment", lambda seed: "blinded"),
    ):
        yield


def compare(numbers: range, directory: Path, game: type[DealtDice] = DealtDice) -> tuple[int, int]:
    """How many texts and characters were the same in both worlds. Raises `Leak` with the match's number."""
    worlds = [heard_in(world, numbers, directory / f"{numbers.start}-{world}", game) for world in (0, 1)]
    texts = size = 0
    for number, first, second in zip(numbers, *worlds, strict=True):
        for who, one, other in zip(("the observer", "a spectator"), first, second, strict=True):
            for how, said in vars(one).items():
                there = vars(other)[how]
                if said != there:
                    at = next(
                        (pair for pair in zip(said, there, strict=False) if pair[0] != pair[1]),
                        (f"{len(said)} texts", f"{len(there)} texts"),
                    )
                    raise Leak(
                        f"match {number}: {who} is told by {how}\n{at[0]}\nand in the other world\n{at[1]}"
                    )
                texts += len(said)
            size += one.size()
    return texts, size
