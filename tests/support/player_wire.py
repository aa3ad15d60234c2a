"""A player at the end of a raw websocket: text frames in, text frames out, nothing clever between."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp


class PlayerWire:
    """One Socket.IO connection to `/`. `events` keeps what came, in order: `(name, payload)`.

    `log` keeps the order of answers and events together: `("ack", id)` and `("event", name)`.
    """

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws
        self._acks: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._next = 0
        self._arrived = asyncio.Condition()
        self.events: list[tuple[str, Any]] = []
        self.log: list[tuple[str, Any]] = []
        self.refused: dict[str, Any] | None = None
        self.connected = asyncio.Event()
        self.closed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def send_text(self, text: str) -> None:
        await self._ws.send_str(text)

    async def emit(self, event: str, *args: object) -> dict[str, Any]:
        """Send an event and return its acknowledgement."""
        return await self.emit_later(event, *args)

    def emit_later(self, event: str, *args: object) -> "asyncio.Future[dict[str, Any]]":
        """Send an event; the future gets its acknowledgement."""
        number, self._next = self._next, self._next + 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._acks[number] = answer
        self._send = asyncio.ensure_future(self._ws.send_str(f"42{number}{json.dumps([event, *args])}"))
        return answer

    async def event(self, name: str, *, after: int = 0) -> Any:
        """The first event of this name at or after position `after` of `events`, waiting for it."""
        async with asyncio.timeout(10), self._arrived:
            while True:
                for at in range(after, len(self.events)):
                    if self.events[at][0] == name:
                        return self.events[at][1]
                await self._arrived.wait()

    def named(self, name: str) -> list[Any]:
        return [payload for event, payload in self.events if event == name]

    async def close(self) -> None:
        await self._ws.close()
        await self._reader

    async def _read(self) -> None:
        async for message in self._ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            await self._take(message.data)
        self.closed.set()
        for answer in self._acks.values():
            if not answer.done():
                answer.set_exception(ConnectionError("closed"))
                answer.exception()
        async with self._arrived:
            self._arrived.notify_all()

    async def _take(self, text: str) -> None:
        if text == "2":
            await self._ws.send_str("3")
        elif text.startswith("0"):
            return
        elif text.startswith("40"):
            self.connected.set()
        elif text.startswith("44"):
            self.refused = json.loads(text[2:])
            self.connected.set()
        elif text.startswith("42"):
            name, *args = json.loads(text[2:])
            async with self._arrived:
                self.events.append((name, args[0] if args else None))
                self.log.append(("event", name))
                self._arrived.notify_all()
        elif text.startswith("43"):
            at = text.index("[")
            number = int(text[2:at])
            self.log.append(("ack", number))
            self._acks.pop(number).set_result(json.loads(text[at:])[0])


@asynccontextmanager
async def player_wire(
    http: aiohttp.ClientSession, url: str, token: str | None, **headers: str
) -> AsyncIterator[PlayerWire]:
    """Connect as the session of `token`; `refused` is set if the server does not want it."""
    ws = await http.ws_connect(f"{url}/socket.io/?EIO=4&transport=websocket", headers=headers, max_msg_size=0)
    wire = PlayerWire(ws)
    try:
        await wire.send_text("40" + ("" if token is None else json.dumps({"token": token})))
        async with asyncio.timeout(10):
            await wire.connected.wait()
        yield wire
    finally:
        await wire.close()
