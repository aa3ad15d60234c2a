"""Who wins a race is not decided by the way to the server: two clients turn at the same ticks, over lines of
different length and with jitter, and the race ends alike. Whole server, real clients, simulated time.
"""

import asyncio
from pathlib import Path
from random import Random

import aiohttp
import pytest

from kibitz.app.server import Server
from kibitz.client import Client, RoomSession
from kibitz.client.errors import Refused
from kibitz.config import Settings
from kibitz.games.light_cycles import COUNTDOWN_TICKS, DIRECTIONS, LightCycles
from kibitz.ids import GameName
from kibitz.journal.memory import MemoryJournal
from kibitz.rooms.services.config import RoomsConfig
from kibitz.sync.canonical import Value
from support.room_house import ScriptedBrains
from support.simulated_loop import Line, SimulatedLoop, run_simulated

GAME = GameName("light-cycles")
NEAR, FAR = (0.005, 0.0), (0.1, 0.1)
"""Latency and what jitter may add to it, one way, in seconds: 5 ms, and 150 ms ± 50 ms."""
RACES = 8

Script = list[tuple[int, str]]


class LoopClock:
    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop

    def now_us(self) -> int:
        return 1_800_000_000_000_000 + self.monotonic_us()

    def monotonic_us(self) -> int:
        return round(self._loop.time() * 1e6)


def script(seed: int) -> Script:
    """Turns of one player: now and then, and sometimes two in quick succession."""
    chance, turns, tick = Random(seed), [], COUNTDOWN_TICKS + 4
    while tick < COUNTDOWN_TICKS + 220:
        turns.append((tick, chance.choice(DIRECTIONS)))
        tick += chance.choice((2, 9, 15, 22, 31))
    return turns


async def ride(session: RoomSession, turns: Script) -> int:
    """Turn at each tick as this client sees it come; how many turns were taken."""
    taken = 0

    async def turn(tick: int, direction: str) -> None:
        nonlocal taken
        try:
            await session.act("steer", {"direction": direction}, tick=tick)
            taken += 1
        except Refused:
            pass  # on the spot, or out already: the same on any line

    async with asyncio.TaskGroup() as acting:
        for tick, direction in turns:
            while (session.ticks.now() or 0) < tick and not is_over(session.confirmed):  # noqa: ASYNC110
                await asyncio.sleep(0.002)  # nothing tells that a tick comes, and this sleeps in no time
            if is_over(session.confirmed):
                break
            acting.create_task(turn(tick, direction))
    return taken


def is_over(view: Value) -> bool:
    return isinstance(view, dict) and view.get("outcome") is not None


def race(directory: Path, seed: int, lines: list[tuple[float, float]]) -> tuple[Value, int]:
    """How a race of two players ended, as the last view tells it, and how many turns were taken."""

    async def run(loop: SimulatedLoop) -> tuple[Value, int]:
        clock = LoopClock(loop)
        server = await Server.start(
            Settings(data=directory, port=80, limits="off"),
            fatal=lambda problem: None,
            clock=clock,
            open_journal=lambda *_: MemoryJournal(loop),
            brains=ScriptedBrains(),
            rooms=RoomsConfig(pause_limit_ms=0),
        )
        clients, sessions = [], []
        for number, (latency, jitter) in enumerate(lines):
            line = loop.lines[f"line-{number}"] = Line(Random(f"{seed}:{number}"))
            line.latency, line.jitter = latency, jitter
            http = aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(f"line-{number}"), cookie_jar=aiohttp.DummyCookieJar()
            )
            client = Client("http://127.0.0.1", name=f"p{number}", http=http, clock=clock)
            clients.append((await client.__aenter__(), http))
        options = {"points": 1}
        made = await clients[0][0].create_room(GAME, seats=2, options=options)
        for number, (client, _) in enumerate(clients):
            sessions.append(await client.join(made.room_id, part="player"))
            assert sessions[-1].seat == number
        riding = [ride(session, script(seed * 100 + n)) for n, session in enumerate(sessions)]
        taken = sum(await asyncio.gather(*riding))
        await sessions[0].until(lambda it: is_over(it.confirmed), timeout_ms=120_000)
        ended = sessions[0].confirmed
        for client, http in clients:
            await client.close()
            await http.close()
        await server.stop()
        assert isinstance(ended, dict)
        return {key: ended[key] for key in ("outcome", "riders", "round", "tick")}, taken

    directory.mkdir()
    return run_simulated(run)


@pytest.mark.parametrize("seed", range(RACES))
def test_a_race_ends_alike_whoever_has_the_longer_way(tmp_path: Path, seed: int) -> None:
    near, taken = race(tmp_path / "near", seed, [NEAR, NEAR])
    assert taken >= 2, "hardly anything happened"
    for name, lines in (("first", [FAR, NEAR]), ("second", [NEAR, FAR]), ("both", [FAR, FAR])):
        far, _ = race(tmp_path / name, seed, lines)
        assert far == near, f"the {name} player far away"


def test_without_the_bound_the_way_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That these races can tell the difference at all."""
    monkeypatch.setattr(LightCycles, "late_ticks", 0)
    ends = []
    for seed in range(RACES):
        near, _ = race(tmp_path / f"near-{seed}", seed, [NEAR, NEAR])
        far, _ = race(tmp_path / f"far-{seed}", seed, [FAR, NEAR])
        ends.append(near == far)
    assert not all(ends)
