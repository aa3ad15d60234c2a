"""One whole server and its players on a network that a seed makes bad: cuts, silence, delay, restarts.

Everything is the production code but for the journal, which is the one in memory (what kill -9 does to
the one on disk is tested with real processes), and for the bots' processes.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import aiohttp

from kibitz.app.server import Server
from kibitz.client import Client, RoomSession
from kibitz.client.errors import ClientClosed, ClientError, Refused
from kibitz.client.joining import Part
from kibitz.client.strategies import STRATEGIES
from kibitz.codes import Code
from kibitz.config import Settings
from kibitz.ids import ActionId, GameName, PlayerId, RoomId, Version
from kibitz.journal.memory import MemoryJournal
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from support.room_house import ScriptedBrains
from support.simulated_loop import Line, SimulatedLoop, run_simulated
from support.simulated_verdict import Differs, judge_client, judge_journal

URL = "http://127.0.0.1"
EXCUSES = (Code.EPOCH_CHANGED, Code.NOT_SEATED)
"""Why an action that was accepted may be refused when it is sent once more: the history is another one,
or it comes from a tab that lost its seat to a newer one."""
UNTIMED: dict[str, dict[str, object]] = {
    "connect-four": {"clock_ms": None},
    "liars-dice": {"turn_ms": None},
}
"""Options under which nothing happens by itself once the players are done."""
DOWN_S = (0.1, 4.0)
HEAL_S = 60
WALL_US = 1_800_000_000_000_000


class _LoopClock:
    """The loop's time as the server's."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop

    def now_us(self) -> int:
        return WALL_US + self.monotonic_us()

    def monotonic_us(self) -> int:
        return round(self._loop.time() * 1e6)


@dataclass
class Player:
    """One guest, on one line, with the rooms that it takes part in."""

    name: str
    line: Line
    http: aiohttp.ClientSession
    token: str
    player_id: PlayerId
    client: Client
    sessions: dict[RoomId, RoomSession] = field(default_factory=dict)


@dataclass
class Tally:
    """What happened in a run, to be printed and to see that a run is worth something."""

    acted: int = 0
    refused: int = 0
    in_doubt: int = 0
    kills: int = 0
    cuts: int = 0
    silences: int = 0
    moves_to_other_transport: int = 0
    second_tabs: int = 0
    rewinds: int = 0
    pauses: int = 0
    matches: int = 0
    resyncs: int = 0


class World:
    """`play` runs it. `accepted` has the version of each action that was acknowledged."""

    def __init__(
        self, seed: int, directory: Path, loop: SimulatedLoop, *, game: GameName, seats: int
    ) -> None:
        self.chance = Random(seed)
        self.tally = Tally()
        self.accepted: dict[tuple[RoomId, ActionId], int] = {}
        self._seed = seed
        self._directory = directory
        self._loop = loop
        self._game = game
        self._seats = seats
        self._journal = MemoryJournal(loop)
        self._server: Server | None = None
        self._players: list[Player] = []
        self._rooms: list[RoomId] = []
        self._is_over = False
        self._ids = 0

    # ------------------------------------------------------------ the server

    async def start(self) -> None:
        self._server = await Server.start(
            Settings(data=self._directory, port=80, limits="off"),
            fatal=lambda problem: None,
            clock=_LoopClock(self._loop),
            open_journal=lambda *_: self._journal,
            brains=ScriptedBrains(),
            rooms=RoomsConfig(pause_limit_ms=0),
        )

    async def kill(self) -> None:
        """What is not committed is lost, every connection is reset; then the remains are swept up."""
        server, self._server = self._server, None
        if server is None:
            return
        self.tally.kills += 1
        self._journal = self._journal.crashed()
        self._loop.listener = None
        for player in self._players:
            player.line.break_all()
        await server.stop()

    # ------------------------------------------------------------ the run

    async def play(self, *, clients: int, seconds: float) -> Tally:
        await self.start()
        for number in range(clients):
            await self._enter(number)
        rooms = []
        for first in range(0, clients, self._seats):
            seated = self._players[first : first + self._seats]
            if len(seated) == self._seats:
                made = await seated[0].client.create_room(
                    self._game, seats=self._seats, options=UNTIMED[self._game]
                )
                rooms.append((made.room_id, seated))
                self._rooms.append(made.room_id)
        for room_id, seated in rooms:
            for player in seated:
                player.sessions[room_id] = await player.client.join(room_id, part="player")
            watcher = self.chance.choice([each for each in self._players if each not in seated])
            watcher.sessions[room_id] = await watcher.client.join(room_id, part="spectator")
        tasks = [
            asyncio.create_task(self._plays(player, room_id))
            for player in self._players
            for room_id in player.sessions
        ]
        trouble = asyncio.create_task(self._trouble())
        await asyncio.sleep(seconds)
        self._is_over = True
        await trouble
        for player in self._players:
            line = player.line
            line.latency, line.jitter, line.is_down, line.swallows = 0.02, 0.0, False, False
        if self._server is None:
            await self.start()
        self._resume_all()
        await asyncio.sleep(HEAL_S)
        if still := [task for task in tasks if not task.done()]:
            raise Differs(f"{len(still)} players still wait for an answer: {still[0]}")
        for task in tasks:
            task.result()
        self._judge([room_id for room_id, _ in rooms])
        await self._leave()
        return self.tally

    async def _enter(self, number: int) -> None:
        name = f"player-{number}"
        line = self._loop.lines[name] = Line(Random(self.chance.random()))
        http = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(name, limit=0), cookie_jar=aiohttp.DummyCookieJar()
        )
        client = self._client(http, None, name)
        await client.__aenter__()
        token = await client.sign_in()
        if client.player_id is None:
            raise Differs("a guest has no id")
        self._players.append(Player(name, line, http, token, client.player_id, client))

    def _client(self, http: aiohttp.ClientSession, token: str | None, name: str) -> Client:
        transports = ["websocket", "polling"]
        self.chance.shuffle(transports)
        return Client(
            URL, token=token, name=name, http=http, transports=transports, entropy=self.chance.randbytes
        )

    async def _leave(self) -> None:
        for player in self._players:
            await player.client.close()
            await player.http.close()
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    # ------------------------------------------------------------ players

    async def _plays(self, player: Player, room_id: RoomId) -> None:
        strategy = STRATEGIES[self._game]
        while not self._is_over:
            await asyncio.sleep(self.chance.expovariate(2.0))
            session = player.sessions.get(room_id)
            if session is None or session.is_over or session.seat is None or self._is_over:
                continue
            if strategy.is_over(session.confirmed):
                await self._again(session)
                continue
            is_mine = strategy.is_turn(session.view, session.seat)
            if not is_mine and self.chance.random() < 0.9:
                continue
            suggested = strategy.suggest(session.view, session.seat, self.chance)
            if suggested:
                await self._act(session, suggested[0].type, dict(suggested[0].args))

    async def _again(self, session: RoomSession) -> None:
        try:
            await session.rematch()
            self.tally.matches += 1
        except ClientError:
            await asyncio.sleep(0.5)

    async def _act(self, session: RoomSession, action_type: str, args: dict[str, object]) -> None:
        self._ids += 1
        action_id = ActionId(f"simulated-{self._seed:08}-{self._ids:06}")
        for _ in range(1 + (self.chance.random() < 0.1)):  # now and then the same once more, much later
            try:
                acted = await session.act(action_type, args, action_id=action_id)  # type: ignore[arg-type]
            except ClientClosed:
                self.tally.in_doubt += 1
                return
            except Refused as refused:
                self.tally.refused += 1
                if (session.room, action_id) in self.accepted and refused.code not in EXCUSES:
                    raise Differs(f"{action_id} was accepted, then refused: {refused}") from refused
                return
            self.tally.acted += 1
            known = self.accepted.setdefault((session.room, action_id), acted.version)
            if known != acted.version:
                raise Differs(f"{action_id} was accepted as {known}, then as {acted.version}")
            await asyncio.sleep(self.chance.random() * 3)

    # ------------------------------------------------------------ trouble

    async def _trouble(self) -> None:
        kinds = ["cut", "silence", "slow", "kill", "transport", "tab", "rewind", "pause", "nothing"]
        kinds = [kind for kind in kinds if self.chance.random() < 0.7] or ["nothing"]
        while not self._is_over:
            await asyncio.sleep(self.chance.expovariate(0.7))
            player = self.chance.choice(self._players)
            match self.chance.choice(kinds):
                case "cut":
                    self.tally.cuts += 1
                    player.line.break_all()
                    self._for_a_while(player.line, "is_down", self.chance.uniform(0, 3))
                case "silence":
                    self.tally.silences += 1
                    self._for_a_while(player.line, "swallows", self.chance.uniform(0.5, 25))
                case "slow":
                    player.line.latency = self.chance.uniform(0.01, 0.4)
                    player.line.jitter = self.chance.uniform(0, 0.5)
                case "kill" if self.tally.kills < 4:
                    await self.kill()
                    await asyncio.sleep(self.chance.uniform(*DOWN_S))
                    await self.start()
                case "transport":
                    await self._other_transport(player)
                case "tab":
                    await self._second_tab(player)
                case "rewind":
                    self._rewind()
                case "pause":
                    self._pause()

    def _rewind(self) -> None:
        """An admin takes back the last moves of some room, if a match is on there."""
        if (room := self._some_room()) is not None:
            to = room.version - self.chance.randint(1, 4)
            self.tally.rewinds += room.status is Status.PLAYING
            room.rewind(Version(to), lambda answer: None)

    def _pause(self) -> None:
        if (room := self._some_room()) is None or room.status is not Status.PLAYING:
            return
        self.tally.pauses += 1
        room.pause("to see what happens", lambda answer: None)
        self._loop.call_later(self.chance.uniform(0.1, 5), self._resume_all)

    def _resume_all(self) -> None:
        for room_id in self._rooms:
            found = None if self._server is None else self._server.directory.find(room_id)
            if isinstance(found, Room) and found.status is Status.PAUSED:
                found.resume(lambda answer: None)

    def _some_room(self) -> Room | None:
        if self._server is None or not self._rooms:
            return None
        found = self._server.directory.find(self.chance.choice(self._rooms))
        return found if isinstance(found, Room) else None

    def _for_a_while(self, line: Line, what: str, seconds: float) -> None:
        setattr(line, what, True)

        def over() -> None:
            setattr(line, what, False)
            if what == "swallows":
                line.break_all()  # bytes are missing from what was sent: the connections cannot go on

        self._loop.call_later(seconds, over)

    async def _other_transport(self, player: Player) -> None:
        """As a reload of the page: another connection, nothing remembered but the session."""
        self.tally.moves_to_other_transport += 1
        await player.client.close()
        player.client = self._client(player.http, player.token, player.name)
        await player.client.__aenter__()
        for room_id, session in list(player.sessions.items()):
            part: Part = "spectator" if session.seat is None else "player"
            self._loop.create_task(self._join_again(player, player.client, room_id, part))

    async def _join_again(self, player: Player, client: Client, room_id: RoomId, part: Part) -> None:
        try:
            session = await client.join(room_id, part=part)
        except ClientClosed:
            return  # moved on once more, before it was there
        if player.client is client:
            player.sessions[room_id] = session

    async def _second_tab(self, player: Player) -> None:
        """The same player joins beside itself and takes the seat over; the first tab closes later."""
        self.tally.second_tabs += 1
        older = player.client
        player.client = self._client(player.http, player.token, player.name)
        await player.client.__aenter__()
        for room_id, session in list(player.sessions.items()):
            part: Part = "spectator" if session.seat is None else "player"
            self._loop.create_task(self._join_again(player, player.client, room_id, part))
        self._loop.call_later(self.chance.uniform(0.2, 5), lambda: self._loop.create_task(older.close()))

    # ------------------------------------------------------------ the verdict

    def _judge(self, rooms: list[RoomId]) -> None:
        server = self._server
        if server is None:
            raise Differs("no server")
        for room_id in rooms:
            room = server.directory.find(room_id)
            if not isinstance(room, Room):
                raise Differs(f"the room is gone: {room}")
            judge_journal(room, self._journal.read_room(room.key), self.accepted)
            for player in self._players:
                if (session := player.sessions.get(room_id)) is not None:
                    self.tally.resyncs += session.incidents.wrong_checksums + session.incidents.bad_patches
                    judge_client(player.client, player.player_id, session, room)


def simulate(
    seed: int, directory: Path, *, game: GameName, seats: int, clients: int = 8, seconds: float = 30
) -> Tally:
    """One run in simulated time. Raises `Differs`."""

    async def run(loop: SimulatedLoop) -> Tally:
        return await World(seed, directory, loop, game=game, seats=seats).play(
            clients=clients, seconds=seconds
        )

    return run_simulated(run)
