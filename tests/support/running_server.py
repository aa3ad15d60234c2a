"""A whole server in the test's own loop, on a free port, with whatever journal the test wants."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from kibitz.app.opening import OpenJournal
from kibitz.app.server import Server
from kibitz.clock import Clock
from kibitz.config import Settings
from kibitz.rooms.services.config import RoomsConfig
from support.player_wire import PlayerWire, player_wire


class Running:
    """The server, its address, and players that come by REST and websocket."""

    def __init__(self, server: Server, http: aiohttp.ClientSession, stack: AsyncExitStack) -> None:
        self.server = server
        self.http = http
        self.url = f"http://127.0.0.1:{server.port}"
        self._stack = stack

    async def guest(self, name: str = "Ada", client: str = "api") -> dict[str, Any]:
        """A session: `player_id`, `name`, `token`."""
        async with self.http.post(f"{self.url}/api/session", json={"name": name, "client": client}) as answer:
            assert answer.status == 200, await answer.text()
            guest: dict[str, Any] = await answer.json()
            return guest

    async def room(self, token: str, **wanted: Any) -> dict[str, Any]:
        """A new Connect Four room: `room_id`, `code`, `invite_url`."""
        body = {"game": "connect-four", **wanted}
        async with self.http.post(f"{self.url}/api/rooms", json=body, headers=bearer(token)) as answer:
            assert answer.status == 201, await answer.text()
            room: dict[str, Any] = await answer.json()
            return room

    async def get(self, path: str, token: str | None = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of a GET."""
        sent = headers | (bearer(token) if token else {})
        async with self.http.get(self.url + path, headers=sent) as answer:
            return answer.status, await answer.json(content_type=None)

    async def wire(self, token: str | None, **headers: str) -> PlayerWire:
        """A connection that is closed with the server."""
        return await self._stack.enter_async_context(player_wire(self.http, self.url, token, **headers))

    async def table(self) -> "Match":
        """Two players seated in a new room, whose match has begun."""
        guests = [await self.guest("Ada"), await self.guest("Bo")]
        room = await self.room(guests[0]["token"])
        wires = [await self.wire(guest["token"]) for guest in guests]
        for wire in wires:
            assert (await wire.emit("join", {"room": room["room_id"]}))["ok"]
        begun = await wires[0].event("snapshot")
        return Match(room["room_id"], begun["epoch"], begun["version"], guests, wires)


class Match:
    """A running match of two; `version` is the one after its start."""

    def __init__(
        self, room: str, epoch: str, version: int, guests: list[dict[str, Any]], wires: list[PlayerWire]
    ) -> None:
        self.room = room
        self.epoch = epoch
        self.version = version
        self.guests = guests
        self.wires = wires

    def drop(self, column: int, base: int, action_id: str, **changes: object) -> dict[str, object]:
        """The payload of an act."""
        return {
            "room": self.room,
            "epoch": self.epoch,
            "id": action_id.ljust(16, "_"),
            "base": base,
            "type": "drop",
            "args": {"column": column},
            **changes,
        }


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def running(
    data: Path,
    *,
    open_journal: OpenJournal | None = None,
    clock: Clock | None = None,
    rooms: RoomsConfig | None = None,
    dist: Path | None = None,
    **settings: Any,
) -> AsyncIterator[Running]:
    """`settings` as in `kibitz.config.Settings`; the port is free unless given."""
    chosen = Settings(data=data, **{"port": 0, **settings})
    server = await Server.start(
        chosen,
        fatal=_unexpected,
        open_journal=open_journal,
        clock=clock,
        rooms=rooms,
        dist=dist or data / "no-client",
    )
    try:
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
            yield Running(server, http, stack)
    finally:
        await server.stop()


def _unexpected(reason: str) -> None:
    raise AssertionError(reason)
