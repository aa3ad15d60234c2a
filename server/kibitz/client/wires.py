"""The two ways to carry Engine.IO packets, from the client's side, over aiohttp.

A wire moves whole packets and knows nothing of their meaning. Once open, one task `receive`s and one
`send`s; when either raises `WireClosed`, it is over.
"""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import aiohttp

from kibitz.client.errors import WireClosed
from kibitz.protocol.engineio import (
    CLOSE,
    PROTOCOL_VERSION,
    SEPARATOR,
    Binary,
    Open,
    Packet,
    decode_packet,
    decode_payload,
    encode_packet,
)
from kibitz.protocol.errors import DecodeError

PATH = "/socket.io/"
OPEN_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 1.0
MESSAGE_BYTES_MAX = 4 * 1024 * 1024
"""Of one message from the server; the contract's views are far smaller."""


class Transport(StrEnum):
    WEBSOCKET = "websocket"
    POLLING = "polling"


class Wire(Protocol):
    @property
    def transport(self) -> Transport: ...

    @property
    def handshake(self) -> Open: ...

    async def send(self, packets: Sequence[Packet]) -> None:
        """Hand the packets over, in order. Raises `WireClosed`."""
        ...

    async def receive(self) -> Sequence[Packet]:
        """Wait for the next packets. Raises `WireClosed`, or `DecodeError` for what is no packet."""
        ...

    async def close(self) -> None:
        """End it, telling the server where that is possible; never raises."""
        ...


async def open_wire(http: aiohttp.ClientSession, url: str, transport: Transport) -> Wire:
    """Open an Engine.IO session at `url` (without path). Raises `WireClosed`, `DecodeError`."""
    match transport:
        case Transport.WEBSOCKET:
            return await _open_websocket(http, url)
        case Transport.POLLING:
            return await _open_polling(http, url)


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__


def _query(transport: Transport, sid: str | None = None) -> dict[str, str]:
    asked = {"EIO": PROTOCOL_VERSION, "transport": transport.value}
    return asked if sid is None else {**asked, "sid": sid}


# ---------------------------------------------------------------- websocket


async def _open_websocket(http: aiohttp.ClientSession, url: str) -> Wire:
    try:
        socket = await http.ws_connect(
            url + PATH,
            params=_query(Transport.WEBSOCKET),
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT_S),
            max_msg_size=MESSAGE_BYTES_MAX,
        )
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise WireClosed(f"websocket: {_why(error)}") from error
    try:
        first = _websocket_packet(await socket.receive(OPEN_TIMEOUT_S))
        if not isinstance(first, Open):
            raise WireClosed("the first packet is no handshake")
    except (WireClosed, DecodeError, TimeoutError) as error:
        await socket.close()
        raise WireClosed(f"websocket: no handshake ({_why(error)})") from error
    except asyncio.CancelledError:
        await socket.close()
        raise
    return WebsocketWire(socket, first)


class WebsocketWire:
    """One packet for each frame."""

    transport = Transport.WEBSOCKET

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, handshake: Open) -> None:
        self._socket = socket
        self.handshake = handshake

    async def send(self, packets: Sequence[Packet]) -> None:
        try:
            for packet in packets:
                if isinstance(packet, Binary):
                    await self._socket.send_bytes(packet.data)
                else:
                    await self._socket.send_str(encode_packet(packet).decode())
        except (aiohttp.ClientError, ConnectionError, OSError) as error:
            raise WireClosed(f"websocket: {_why(error)}") from error

    async def receive(self) -> Sequence[Packet]:
        return [_websocket_packet(await self._socket.receive())]

    async def close(self) -> None:
        await self._socket.close()


def _websocket_packet(message: aiohttp.WSMessage) -> Packet:
    if message.type is aiohttp.WSMsgType.TEXT:
        return decode_packet(str(message.data))
    if message.type is aiohttp.WSMsgType.BINARY:
        return Binary(bytes(message.data))
    code = f" {message.data}" if message.type is aiohttp.WSMsgType.CLOSE else ""
    raise WireClosed(f"websocket: closed{code}")


# ---------------------------------------------------------------- long-polling


async def _open_polling(http: aiohttp.ClientSession, url: str) -> Wire:
    try:
        async with http.get(
            url + PATH,
            params=_query(Transport.POLLING),
            timeout=aiohttp.ClientTimeout(total=OPEN_TIMEOUT_S),
        ) as answer:
            body = await answer.read()
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise WireClosed(f"polling: {_why(error)}") from error
    if status != 200:
        raise WireClosed(f"polling: the handshake was answered with {status}")
    first, *rest = decode_payload(body)
    if not isinstance(first, Open):
        raise WireClosed("polling: the first packet is no handshake")
    return PollingWire(http, url, first, rest)


class PollingWire:
    """A GET that waits for packets, and a POST for those that go out; never two of a kind at once."""

    transport = Transport.POLLING

    def __init__(
        self, http: aiohttp.ClientSession, url: str, handshake: Open, received: Sequence[Packet]
    ) -> None:
        self._http = http
        self._url = url + PATH
        self._params = _query(Transport.POLLING, handshake.sid)
        self._received = list(received)
        self._is_open = True
        self._requests = 0
        self.handshake = handshake
        # The server answers a poll with a ping at the latest; beyond that the link is dead.
        self._poll_timeout = aiohttp.ClientTimeout(
            total=(handshake.pingInterval + handshake.pingTimeout) / 1000
        )

    async def send(self, packets: Sequence[Packet]) -> None:
        for body in self._bodies(packets):
            await self._post(body)

    async def receive(self) -> Sequence[Packet]:
        if self._received:
            received, self._received = self._received, []
            return received
        try:
            async with self._http.get(
                self._url, params=self._stamped(), timeout=self._poll_timeout
            ) as answer:
                body = await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._closed(_why(error)) from error
        if status != 200:
            raise self._closed(f"a poll was answered with {status}")
        return decode_payload(body)

    async def close(self) -> None:
        if self._is_open:
            try:
                await self._post(CLOSE)
            except WireClosed:
                pass
            self._is_open = False

    async def _post(self, body: bytes) -> None:
        try:
            async with self._http.post(
                self._url,
                params=self._stamped(),
                data=body,
                headers={"Content-Type": "text/plain;charset=UTF-8"},
                timeout=aiohttp.ClientTimeout(total=OPEN_TIMEOUT_S),
            ) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._closed(_why(error)) from error
        if status != 200:
            raise self._closed(f"a POST was answered with {status}")

    def _stamped(self) -> dict[str, str]:
        """The query of one request. aiohttp repeats it on a new connection when a kept one is dead; the
        server knows it again by `t`."""
        self._requests += 1
        return {**self._params, "t": str(self._requests)}

    def _bodies(self, packets: Sequence[Packet]) -> list[bytes]:
        """As few as the server's `maxPayload` allows; a packet that is larger by itself goes alone."""
        bodies: list[bytes] = []
        for packet in packets:
            encoded = encode_packet(packet)
            if bodies and len(bodies[-1]) + 1 + len(encoded) <= self.handshake.maxPayload:
                bodies[-1] += SEPARATOR + encoded
            else:
                bodies.append(encoded)
        return bodies

    def _closed(self, reason: str) -> WireClosed:
        self._is_open = False
        return WireClosed(f"polling: {reason}")
