"""`kill -9` in the middle of a race: the room goes on in a new epoch, a second earlier, with its players."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from kibitz.client import Client, RoomSession
from kibitz.ids import GameName
from support.processes import ServerProcess

pytestmark = [pytest.mark.faults, pytest.mark.alone, pytest.mark.timeout(120)]

GAME = GameName("light-cycles")
ROW_TICKS, LATE_TICKS = 20, 6
BUSY_TICKS = 15
"""More may be lost where the machine is busy: a row that was due waited for its turn."""


def tick_of(session: RoomSession) -> int:
    return -1 if session.frame is None else session.frame.tick


async def until_tick(session: RoomSession, tick: int) -> None:
    await session.until(lambda it: tick_of(it) >= tick, timeout_ms=40_000)


async def test_a_race_goes_on_after_a_kill(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        server.start()
        await asyncio.to_thread(server.wait_ready)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            ann = Client(server.url, name="Ann", http=http)
            ben = Client(server.url, name="Ben", http=http)
            async with ann, ben:
                made = await ann.create_room(GAME, seats=2, options={"points": 9, "pace": 4})
                ours, theirs = await ann.join(made.room_id), await ben.join(made.room_id)
                await until_tick(ours, 110)
                epoch = ours.epoch
                await asyncio.to_thread(server.kill)
                shown = max(tick_of(ours), tick_of(theirs))
                server.start()
                await asyncio.to_thread(server.wait_ready)
                await ours.until(lambda it: it.epoch != epoch, timeout_ms=30_000)
                stored = ours.confirmed
                assert isinstance(stored, dict)
                resumed_at = stored["tick"]
                assert isinstance(resumed_at, int)
                assert 0 <= shown - resumed_at <= ROW_TICKS + LATE_TICKS + BUSY_TICKS
                await ours.until(
                    lambda it: (
                        it.frame is not None and it.frame.epoch != epoch and tick_of(it) > resumed_at + 10
                    ),
                    timeout_ms=40_000,
                )
                acted = await ours.act("steer", {"direction": "up"}, tick=ours.ticks.now())
                assert acted.version > ours.version - 5
                assert ours.incidents.wrong == theirs.incidents.wrong == 0
        assert server.stop() == 0
