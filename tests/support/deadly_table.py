"""Two players at a table of a deadly game, on a server in a process of its own that may be restarted."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from support import deadly_games
from support.player_wire import PlayerWire, player_wire
from support.processes import ServerProcess

GAME = Path(deadly_games.__file__)


class DeadlyTable:
    """One room. `acts` made before a restart may be sent again after it, as clients do."""

    def __init__(self, server: ServerProcess, http: aiohttp.ClientSession) -> None:
        self.server = server
        self.http = http
        self.room = ""
        self.tokens: list[str] = []
        self.wire: PlayerWire | None = None
        self.joined: dict[str, Any] = {}
        self._ids = itertools.count(1)

    async def begin(self) -> None:
        for name in ("Ada", "Bo"):
            body = {"name": name, "client": "api"}
            async with self.http.post(f"{self.server.url}/api/session", json=body) as answer:
                self.tokens.append((await answer.json())["token"])
        headers = {"Authorization": f"Bearer {self.tokens[0]}"}
        async with self.http.post(
            f"{self.server.url}/api/rooms", json={"game": "deadly"}, headers=headers
        ) as answer:
            self.room = (await answer.json())["room_id"]

    def act(self, name: str, **args: object) -> dict[str, Any]:
        """An act as the first player sends it; `base` and `epoch` are filled in when it is sent."""
        return {"id": f"deadly-{next(self._ids):09}", "type": name, "args": args}

    async def send(self, act: dict[str, Any], timeout_s: float = 20) -> dict[str, Any]:
        """The answer; a `ConnectionError` where the server died of it."""
        if self.wire is None:
            raise AssertionError("nobody sits")
        sent = {**act, "room": self.room, "epoch": self.joined["epoch"], "base": self.joined["version"]}
        async with asyncio.timeout(timeout_s):
            answer = await self.wire.emit("act", sent)
        if answer["ok"]:
            self.joined["version"] = answer["version"]
        return answer

    async def send_to_death(self, act: dict[str, Any]) -> int:
        """The exit status of the server that this act ended."""
        try:
            answer = await self.send(act)
        except ConnectionError:
            return await asyncio.to_thread(self.server.wait_ended)
        raise AssertionError(f"the server answered {answer}")


@asynccontextmanager
async def seated(table: DeadlyTable) -> AsyncIterator[dict[str, Any]]:
    """Both connected; the answer to the first player's `join`."""
    async with (
        player_wire(table.http, table.server.url, table.tokens[0]) as one,
        player_wire(table.http, table.server.url, table.tokens[1]) as two,
    ):
        table.wire = one
        for wire in (one, two):
            answer = await wire.emit("join", {"room": table.room})
        answer = await one.emit("join", {"room": table.room})
        table.joined = dict(answer)
        try:
            yield answer
        finally:
            table.wire = None


async def restarted(table: DeadlyTable, **env: str) -> float:
    """Seconds until the server answers again."""
    table.server.start("--games", str(GAME), "--log-format", "json", env=env)
    return await asyncio.to_thread(table.server.wait_ready)


@asynccontextmanager
async def deadly_table(data: Path) -> AsyncIterator[DeadlyTable]:
    with ServerProcess(data) as server:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            table = DeadlyTable(server, http)
            await restarted(table)
            await table.begin()
            yield table
