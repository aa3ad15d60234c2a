"""Polling clients so lean that the load generator does not become the bottleneck.

One `Exchange` is one kept-alive HTTP connection; a client has one for its GETs and, where it sends
while a GET waits, another for its POSTs, as browsers do.
"""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Self

import servers

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_STEP_S = 30.0
SEPARATOR = b"\x1e"


class Exchange(asyncio.Protocol):
    """Requests one after the other. `sink` gets the body of each answer; every one must be a 200."""

    def __init__(self) -> None:
        self._received = b""
        self._waiting: asyncio.Future[bytes] | None = None
        self.sink: Callable[[bytes], None] | None = None
        self.is_lost = False
        self.transport: asyncio.Transport

    @classmethod
    async def open(cls, port: int) -> Self:
        _, made = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        head = received.find(b"\r\n\r\n")
        if head < 0:
            self._received = received
            return
        length = _LENGTH.search(received, 0, head + 2)
        if length is None or not received.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(received[:300].decode("latin-1"))
        if len(received) < head + 4 + int(length[1]):
            self._received = received
            return
        self._received = b""
        body = received[head + 4 :]
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            waiting.set_result(body)
        elif self.sink is not None:
            self.sink(body)

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises `ConnectionError`, `TimeoutError`."""
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        async with asyncio.timeout(_STEP_S):
            return await self._waiting


class PollClient:
    """A polling session on namespace `/`, in the room `hall`; nothing of it is left to read."""

    def __init__(self, port: int, target: str, getting: Exchange) -> None:
        self._port = port
        self._head = f" {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n"
        self.get_request = f"GET{self._head}\r\n".encode()
        self.getting = getting
        self.posting: Exchange | None = None

    @classmethod
    async def open(cls, server: "servers.Server") -> Self:
        target = f"{server.path}?EIO=4&transport=polling"
        getting = await Exchange.open(server.port)
        first = cls(server.port, target, getting)
        opened = json.loads((await getting.ask(first.get_request))[1:])
        client = cls(server.port, f"{target}&sid={opened['sid']}", getting)
        await getting.ask(client.post_request(b"40"))
        await client.read_until(b"40{")
        await getting.ask(client.post_request(b'421["enter","hall"]'))
        await client.read_until(b"431")
        return client

    async def read_until(self, prefix: bytes) -> None:
        while not any(
            packet.startswith(prefix)
            for packet in (await self.getting.ask(self.get_request)).split(SEPARATOR)
        ):
            pass

    def post_request(self, body: bytes) -> bytes:
        fields = f"Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {len(body)}\r\n\r\n"
        return f"POST{self._head}{fields}".encode() + body

    async def open_posting(self) -> Exchange:
        """The connection for POSTs; a new one where the server gave the last one up."""
        if self.posting is None or self.posting.is_lost:
            self.posting = await Exchange.open(self._port)
        return self.posting


async def connect(server: "servers.Server", count: int) -> list[PollClient]:
    clients: list[PollClient] = []
    for start in range(0, count, 25):  # in portions: no listen queue overflows
        portion = range(start, min(count, start + 25))
        clients += await asyncio.gather(*(PollClient.open(server) for _ in portion))
    return clients
