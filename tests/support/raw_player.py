"""A player who sends whatever it is told to, over either transport, and sees what comes of it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import aiohttp

_PATH = "/socket.io/?EIO=4&transport="


class RawPlayer(Protocol):
    async def send(self, data: str | bytes) -> None:
        """One Engine.IO message: of bytes, a binary one."""
        ...

    async def next(self) -> str | None:
        """The next packet that is no heartbeat, None once the server has ended the connection."""
        ...


class RawWebSocket:
    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws

    async def send(self, data: str | bytes) -> None:
        try:
            await (self._ws.send_str(data) if isinstance(data, str) else self._ws.send_bytes(data))
        except ConnectionError:
            pass  # the server ended it in the middle of what was sent

    async def next(self) -> str | None:
        while True:
            message = await self._ws.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                return None
            if message.data == "2":
                await self._ws.send_str("3")
            elif message.data != "1":
                return str(message.data)


class RawPolling:
    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url
        self._packets: list[str] = []

    async def send(self, data: str | bytes) -> None:
        body = data.encode() if isinstance(data, str) else b"b" + data.hex().encode()
        async with self._http.post(self._url, data=body, headers={"Content-Type": "text/plain"}):
            pass

    async def next(self) -> str | None:
        while True:
            while self._packets:
                packet = self._packets.pop(0)
                if packet == "2":
                    await self.send("3")
                elif packet == "1":
                    return None
                elif packet != "6":
                    return packet
            async with self._http.get(self._url) as answer:
                if answer.status != 200:
                    return None
                self._packets = (await answer.text()).split("\x1e")


@asynccontextmanager
async def raw_player(
    http: aiohttp.ClientSession, url: str, transport: str, token: str
) -> AsyncIterator[RawPlayer]:
    """Connected as the session of `token`, by `websocket` or `polling`."""
    player: RawPlayer
    if transport == "websocket":
        ws = await http.ws_connect(f"{url}{_PATH}websocket")
        player = RawWebSocket(ws)
        await player.next()
        await player.send("40" + json.dumps({"token": token}))
        await player.next()
        yield player
        await ws.close()
    else:
        async with http.get(f"{url}{_PATH}polling") as answer:
            sid = json.loads((await answer.text())[1:])["sid"]
        player = RawPolling(http, f"{url}{_PATH}polling&sid={sid}")
        await player.send("40" + json.dumps({"token": token}))
        await player.next()
        yield player
