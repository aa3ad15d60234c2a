"""Frames of matches in real time: at once for players, as late as the room's delay for spectators."""

import asyncio
import json
from pathlib import Path
from typing import Any

from support.running_server import Running, running

DELAY_MS = 1_200


async def _watch(server: Running, token: str, room: str, came: list[tuple[float, int]], **how: str) -> None:
    """Join, and note when each frame's tick came."""
    url = f"{server.url}/socket.io/?EIO=4&transport=websocket"
    async with server.http.ws_connect(url) as ws:
        await ws.send_str("40" + json.dumps({"token": token}))
        await ws.send_str("420" + json.dumps(["join", {"room": room, **how}]))
        async for message in ws:
            if not isinstance(message.data, str):
                continue
            if message.data == "2":
                await ws.send_str("3")
            elif message.data.startswith("451-"):
                event: list[Any] = json.loads(message.data[4:])
                assert event[0] == "frame"
                came.append((asyncio.get_running_loop().time(), event[1]["tick"]))


async def test_spectators_get_each_frame_as_late_as_the_rest(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        ada, eve = await server.guest("Ada"), await server.guest("Eve")
        wanted = {"game": "light-cycles", "bots": 1, "spectator_delay_ms": DELAY_MS}
        room = (await server.room(ada["token"], **wanted))["room_id"]
        played: list[tuple[float, int]] = []
        watched: list[tuple[float, int]] = []
        tasks = [asyncio.create_task(_watch(server, eve["token"], room, watched, **{"as": "spectator"}))]
        await asyncio.sleep(0.2)
        tasks.append(asyncio.create_task(_watch(server, ada["token"], room, played)))
        async with asyncio.timeout(20):
            while len(watched) < 10:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        first = {tick: at for at, tick in reversed(played)}
        for at, tick in watched:
            # A busy machine may hold up what the player hears; never by half of the delay.
            assert at - first[tick] >= DELAY_MS / 2000, tick
