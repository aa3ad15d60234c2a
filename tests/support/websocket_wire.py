"""A WebSocket client that writes exactly the frames it is told to, right or wrong.

Tests judge the server's frames by RFC 6455, so this end shares no code with the server's codec and
repairs nothing: masks, lengths, reserved bits and close frames are what the caller says they are.
"""

import asyncio
import base64
import hashlib
import os
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from support.http_wire import Answer, HttpWire

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
_ACCEPT_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
WAIT_S = 2.0
"""How long a test waits for something that should come at once: below any long heartbeat."""


@dataclass(frozen=True)
class Frame:
    """One frame as the server sent it."""

    opcode: int
    payload: bytes
    is_final: bool = True
    reserved: int = 0

    @property
    def close_code(self) -> int | None:
        return struct.unpack("!H", self.payload[:2])[0] if len(self.payload) >= 2 else None


class WireClosed(Exception):
    """The server ended the connection; `code` is that of its close frame, None without one."""

    def __init__(self, code: int | None, *, had_frame: bool) -> None:
        super().__init__(f"closed with {code}" if had_frame else "closed without a close frame")
        self.code = code
        self.had_frame = had_frame


class HandshakeRefused(Exception):
    """The server answered the upgrade with something else than 101."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status}: {answer.text[:200]}")
        self.answer = answer


def frame_bytes(
    opcode: int,
    payload: bytes = b"",
    *,
    is_final: bool = True,
    reserved: int = 0,
    is_masked: bool = True,
    mask: bytes | None = None,
    claimed_length: int | None = None,
) -> bytes:
    """A client's frame. `reserved` are the three RSV bits as a number of 0 to 7.

    `claimed_length` writes a length that differs from the payload's.
    """
    length = len(payload) if claimed_length is None else claimed_length
    head = bytearray([(0x80 if is_final else 0) | reserved << 4 | opcode])
    mask_bit = 0x80 if is_masked else 0
    if length < 126:
        head.append(mask_bit | length)
    elif length < 65536:
        head.append(mask_bit | 126)
        head += struct.pack("!H", length)
    else:
        head.append(mask_bit | 127)
        head += struct.pack("!Q", length)
    if not is_masked:
        return bytes(head) + payload
    key = os.urandom(4) if mask is None else mask
    return bytes(head) + key + _xor(payload, key)


def close_payload(code: int, reason: str = "") -> bytes:
    return struct.pack("!H", code) + reason.encode()


def upgrade_headers(key: str) -> dict[str, str]:
    return {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
    }


def new_key() -> str:
    return base64.b64encode(os.urandom(16)).decode()


def accept_of(key: str) -> str:
    return base64.b64encode(hashlib.sha1(key.encode() + _ACCEPT_GUID).digest()).decode()


class WireSocket:
    """A websocket connection; `answer` is the server's 101."""

    def __init__(self, http: HttpWire, answer: Answer) -> None:
        self._http = http
        self._closed: WireClosed | None = None
        self.answer = answer

    @classmethod
    async def open(
        cls,
        http: HttpWire,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        behind: bytes = b"",
    ) -> Self:
        """Upgrade `http`, whatever it carried before. `behind` is written along with the request.

        Raises `HandshakeRefused` unless the answer is a correct 101.
        """
        key = new_key()
        await http.send("GET", target, headers=upgrade_headers(key) | dict(headers or {}), behind=behind)
        answer = await http.answer()
        if answer.status != 101:
            await http.close()
            raise HandshakeRefused(answer)
        assert answer.headers["sec-websocket-accept"] == accept_of(key)
        assert answer.headers["upgrade"].lower() == "websocket"
        return cls(http, answer)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def send(self, message: str | bytes) -> None:
        """One unfragmented, masked message."""
        is_text = isinstance(message, str)
        payload = message.encode() if isinstance(message, str) else message
        await self.send_raw(frame_bytes(TEXT if is_text else BINARY, payload))

    async def send_frame(
        self,
        opcode: int,
        payload: bytes = b"",
        *,
        is_final: bool = True,
        reserved: int = 0,
        is_masked: bool = True,
    ) -> None:
        await self.send_raw(
            frame_bytes(opcode, payload, is_final=is_final, reserved=reserved, is_masked=is_masked)
        )

    async def send_raw(self, data: bytes) -> None:
        """Bytes as they are; a server that has gone already is no error here."""
        await self._http.write(data)

    async def frame(self, within_s: float = WAIT_S) -> Frame:
        """The next frame. Raises `WireClosed` at the end of the connection, `TimeoutError`."""
        async with asyncio.timeout(within_s):
            try:
                return await self._read_frame()
            except (asyncio.IncompleteReadError, ConnectionError):
                raise WireClosed(None, had_frame=False) from None

    async def receive(self, within_s: float = WAIT_S) -> str | bytes:
        """The next message. Raises `WireClosed` at a close frame or the end of the connection."""
        if self._closed is not None:
            raise self._closed
        frame = await self.frame(within_s)
        if frame.opcode == CLOSE:
            self._closed = WireClosed(frame.close_code, had_frame=True)
            raise self._closed
        assert frame.is_final, "the server fragments nothing"
        assert frame.reserved == 0
        assert frame.opcode in (TEXT, BINARY), f"unexpected control frame {frame.opcode:#x}"
        return frame.payload.decode() if frame.opcode == TEXT else frame.payload

    async def text(self, within_s: float = WAIT_S) -> str:
        message = await self.receive(within_s)
        assert isinstance(message, str), message
        return message

    async def closing(self, within_s: float = WAIT_S) -> WireClosed:
        """Wait until the server closes; nothing but Engine.IO pings may come before that."""
        try:
            while True:
                message = await self.receive(within_s)
                assert message == "2", f"expected the end of the connection, got {message!r}"
        except WireClosed as closed:
            return closed

    async def hung_up(self, within_s: float = WAIT_S) -> None:
        """Wait for the end of the TCP connection, whatever comes before it."""
        async with asyncio.timeout(within_s):
            await self._http.rest()

    def abort(self) -> None:
        self._http.abort()

    async def _read_frame(self) -> Frame:
        first, second = await self._http.read_exactly(2)
        assert not second & 0x80, "a server masks nothing (RFC 6455, section 5.1)"
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await self._http.read_exactly(2), "big")
            assert length >= 126, "lengths take the fewest bytes (RFC 6455, section 5.2)"
        elif length == 127:
            length = int.from_bytes(await self._http.read_exactly(8), "big")
            assert length >= 65536, "lengths take the fewest bytes (RFC 6455, section 5.2)"
        payload = await self._http.read_exactly(length)
        return Frame(first & 0x0F, payload, bool(first & 0x80), first >> 4 & 0x7)


Dial = Callable[..., Awaitable[WireSocket]]
"""What the fixture `dial` gives: opens a websocket by the way in that the test runs with."""


def _xor(payload: bytes, key: bytes) -> bytes:
    pad = (key * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(payload), "big")
