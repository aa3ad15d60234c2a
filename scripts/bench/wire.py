"""Websocket clients so lean that the load generator does not become the bottleneck.

A `Client` reads frames while a session is set up; under load it is given a `sink` that gets the raw
bytes, because counting bytes is all that most benches need.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import Self

TEXT, BINARY = 0x1, 0x2
_STEP_S = 30.0


def client_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A masked frame; may be written again and again."""
    key = os.urandom(4)
    length = len(payload)
    if length < 126:
        head = bytes([0x80 | opcode, 0x80 | length])
    elif length < 65536:
        head = bytes([0x80 | opcode, 0x80 | 126]) + length.to_bytes(2, "big")
    else:
        head = bytes([0x80 | opcode, 0x80 | 127]) + length.to_bytes(8, "big")
    pad = (key * (length // 4 + 1))[:length]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(length, "big")
    return head + key + masked


def server_frame_length(payload_bytes: int) -> int:
    """Bytes on the wire of an unmasked frame."""
    return payload_bytes + (2 if payload_bytes < 126 else 4 if payload_bytes < 65536 else 10)


class Frames:
    """Cuts a server's bytes into frame payloads, whatever the chunks."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        buffer = self._rest + data if self._rest else data
        payloads = []
        start, end = 0, len(buffer)
        while end - start >= 2:
            length, body = buffer[start + 1], start + 2
            if length == 126:
                body = start + 4
                length = int.from_bytes(buffer[start + 2 : body], "big")
            elif length == 127:
                body = start + 10
                length = int.from_bytes(buffer[start + 2 : body], "big")
            if end < body or end - body < length:
                break
            payloads.append(buffer[body : body + length])
            start = body + length
        self._rest = buffer[start:]
        return payloads


class Client(asyncio.Protocol):
    """One connection. Until `sink` is set, payloads wait in a queue for `next`."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._head: bytes | None = b""
        self.frames = Frames()
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.sink: Callable[[Self, bytes], None] | None = None
        self.received_bytes = 0
        self.is_lost = False
        self.transport: asyncio.Transport

    @classmethod
    async def open(cls, port: int, target: str, headers: str = "") -> Self:
        key = base64.b64encode(os.urandom(16)).decode()
        request = (
            f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{headers}\r\n"
        )
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(lambda: cls(request.encode()), "127.0.0.1", port)
        return client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self.sink is not None:
            self.sink(self, data)
            return
        if self._head is not None:
            head, mark, data = (self._head + data).partition(b"\r\n\r\n")
            if not mark:
                self._head = head
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise ConnectionError(head.decode("latin-1"))
            self._head = None
        for payload in self.frames.feed(data):
            self._queue.put_nowait(payload)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        self._queue.put_nowait(None)

    async def next(self) -> bytes:
        """The next payload. Raises `ConnectionError` when the server hung up, `TimeoutError`."""
        async with asyncio.timeout(_STEP_S):
            payload = await self._queue.get()
        if payload is None:
            raise ConnectionError("the server hung up")
        return payload

    async def ended(self) -> None:
        """Until the server hung up; what waits to be read before is dropped."""
        while await self._queue.get() is not None:
            pass

    def send(self, payload: bytes) -> None:
        self.transport.write(client_frame(payload))

    async def expect(self, prefix: bytes) -> bytes:
        """Skip payloads until one begins with `prefix`."""
        while not (payload := await self.next()).startswith(prefix):
            pass
        return payload

    @property
    def is_drained(self) -> bool:
        """Nothing waits to be read: from here on every byte belongs to the load."""
        return self._queue.empty()


async def connect_socketio(port: int, path: str, count: int) -> list[Client]:
    """`count` websocket clients on namespace `/`, all in the room `hall`; nothing is left to read."""
    clients = []
    for start in range(0, count, 50):  # in portions: no listen queue overflows
        clients += await asyncio.gather(*(_connect(port, path) for _ in range(start, min(count, start + 50))))
    return clients


async def connect_elsewhere(port: int, path: str) -> Client:
    """A websocket client on namespace `/`, in no room; what comes to it is counted and not kept."""
    client = await Client.open(port, f"{path}?EIO=4&transport=websocket")
    await client.expect(b"0{")
    client.send(b"40")
    await client.expect(b"40{")
    client.sink = _count
    return client


def _count(client: Client, data: bytes) -> None:
    client.received_bytes += len(data)


async def _connect(port: int, path: str) -> Client:
    client = await Client.open(port, f"{path}?EIO=4&transport=websocket")
    await client.expect(b"0{")
    client.send(b"40")
    await client.expect(b"40{")
    client.send(b'421["enter","hall"]')
    await client.expect(b"431")  # whatever the server says at a connect came before this
    return client
