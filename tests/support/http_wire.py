"""An HTTP/1.1 client that shows the bytes: one connection, requests in the order they are sent.

It stays open as long as the server keeps it alive, can stop in the middle of a request, and turns
into a websocket (`support.websocket_wire`) when the server agrees to.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

WAIT_S = 2.0


@dataclass(frozen=True)
class Answer:
    """A response; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class ConnectionEnded(Exception):
    """The server hung up instead of answering."""


class HttpWire:
    """One TCP connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host

    @classmethod
    async def open(cls, port: int) -> Self:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        return cls(reader, writer, f"127.0.0.1:{port}")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def request(
        self,
        method: str,
        target: str,
        *,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        within_s: float = WAIT_S,
    ) -> Answer:
        await self.send(method, target, body=body, headers=headers)
        return await self.answer(within_s)

    async def send(
        self,
        method: str,
        target: str,
        *,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        behind: bytes = b"",
    ) -> None:
        """Send a request and do not wait; a text body is announced as the JS client does."""
        await self.write(self.request_bytes(method, target, body=body, headers=headers) + behind)

    def request_bytes(
        self,
        method: str,
        target: str,
        *,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        fields = {"Host": self._host}
        if body is not None:
            data = body.encode() if isinstance(body, str) else body
            fields["Content-Type"] = "text/plain;charset=UTF-8"
            fields["Content-Length"] = str(len(data))
        else:
            data = b""
        fields |= dict(headers or {})
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items() if v)
        return head.encode() + b"\r\n" + data

    async def write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except ConnectionError:
            return  # what the server said before it hung up can still be read

    async def answer(self, within_s: float = WAIT_S) -> Answer:
        """The next response. Raises `ConnectionEnded`, or `TimeoutError` after `within_s`."""
        async with asyncio.timeout(within_s):
            try:
                return await self._read_answer()
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                raise ConnectionEnded from error

    async def read_exactly(self, n: int) -> bytes:
        return await self._reader.readexactly(n)

    async def rest(self) -> bytes:
        """Everything until the server hangs up."""
        try:
            return await self._reader.read()
        except ConnectionError:
            return b""

    def abort(self) -> None:
        """Drop the connection as a browser does that leaves the page."""
        self._writer.transport.abort()

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            pass

    async def _read_answer(self) -> Answer:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status_line, *lines = head.split("\r\n")
        status = int(status_line.split(" ", 2)[1])
        headers: dict[str, str] = {}
        for line in filter(None, lines):
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        if status == 101 or status == 204:
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return Answer(status, headers, await self._read_chunks())
        if "content-length" in headers:
            return Answer(status, headers, await self._reader.readexactly(int(headers["content-length"])))
        return Answer(status, headers, await self._reader.read())

    async def _read_chunks(self) -> bytes:
        body = b""
        while size := int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16):
            body += await self._reader.readexactly(size)
            await self._reader.readexactly(2)
        await self._reader.readuntil(b"\r\n")
        return body


async def fetch(
    port: int,
    method: str,
    target: str,
    *,
    body: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    within_s: float = WAIT_S,
) -> Answer:
    """One request on a connection of its own."""
    async with await HttpWire.open(port) as http:
        return await http.request(method, target, body=body, headers=headers, within_s=within_s)
