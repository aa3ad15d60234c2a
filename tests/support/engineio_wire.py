"""A polling session, request by request. A GET and a POST each have a connection of their own."""

import asyncio
import json
from types import TracebackType
from typing import Any, Self

from support.http_wire import WAIT_S, Answer, HttpWire, fetch

ENGINE_PATH = "/engine.io/"
SOCKET_PATH = "/socket.io/"
SEPARATOR = "\x1e"


class Poller:
    """`opened` is the open packet's JSON."""

    def __init__(self, port: int, path: str, opened: dict[str, Any], answer: Answer) -> None:
        self.port = port
        self.path = path
        self.opened = opened
        self.sid: str = opened["sid"]
        self.answer = answer
        self._wires: list[HttpWire] = []
        self._reading: HttpWire | None = None
        self._writing: HttpWire | None = None

    @classmethod
    async def open(cls, port: int, path: str = ENGINE_PATH, query: str = "") -> Self:
        async with await HttpWire.open(port) as wire:
            answer = await wire.request("GET", f"{path}?EIO=4&transport=polling{query}")
        assert answer.status == 200, answer.text
        assert answer.text[0] == "0"
        return cls(port, path, json.loads(answer.text[1:]), answer)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for wire in self._wires:
            await wire.close()

    def target(self, transport: str = "polling") -> str:
        return f"{self.path}?EIO=4&transport={transport}&sid={self.sid}"

    async def wire(self) -> HttpWire:
        """One more connection, closed with the session."""
        wire = await HttpWire.open(self.port)
        self._wires.append(wire)
        return wire

    async def get(self, within_s: float = WAIT_S) -> Answer:
        if self._reading is None:
            self._reading = await self.wire()
        return await self._reading.request("GET", self.target(), within_s=within_s)

    async def poll(self, within_s: float = WAIT_S) -> list[str]:
        """The packets of one GET that must succeed."""
        answer = await self.get(within_s)
        assert answer.status == 200, answer.text
        return answer.text.split(SEPARATOR)

    async def poll_until(self, count: int, within_s: float = WAIT_S) -> list[str]:
        """At least `count` packets, in as many GETs as it takes."""
        packets: list[str] = []
        async with asyncio.timeout(within_s):
            while len(packets) < count:
                packets += await self.poll(within_s)
        return packets

    async def post(self, *packets: str) -> Answer:
        if self._writing is None:
            self._writing = await self.wire()
        return await self._writing.request("POST", self.target(), body=SEPARATOR.join(packets))

    async def push(self, *packets: str) -> None:
        """A POST that must succeed."""
        answer = await self.post(*packets)
        assert (answer.status, answer.text) == (200, "ok")

    async def pending_get(self) -> HttpWire:
        """Send a GET that the server holds back, and return once the server has it.

        Its bytes are in the server's socket when `send` returns; a whole round trip on a connection
        opened after that shows that the server's loop came by.
        """
        wire = await self.wire()
        await wire.send("GET", self.target())
        for _ in range(2):
            await fetch(self.port, "GET", f"{self.path}?EIO=4&transport=abc")
        return wire

    async def is_gone(self) -> bool:
        """Whether the server says that it knows no such session."""
        wire = await self.wire()
        try:
            answer = await wire.request("GET", self.target(), within_s=0.5)
        except TimeoutError:
            return False
        return answer.status == 400
