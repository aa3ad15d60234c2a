"""The transport's server side joined to a test in memory: no socket, no loop, and time by hand.

`MemoryServer` is the real server without its listener; `MemoryWire` is the TCP connection of one
client, which can stop reading.
"""

import asyncio
from typing import Any

from kibitz.protocol.websocket import BINARY, CLOSE, TEXT
from kibitz.transport.acceptor import Acceptor
from kibitz.transport.config import TransportConfig
from kibitz.transport.engine import Engine
from kibitz.transport.namespace import Namespace
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.parsers import JSON, Parser
from kibitz.transport.poll_connection import PollEntry
from kibitz.transport.polling import PollRequests
from kibitz.transport.server import SocketServer
from kibitz.transport.socket import Socket
from support.websocket_wire import frame_bytes

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


class ManualClock:
    def __init__(self) -> None:
        self.us = 1_000_000_000

    def now_us(self) -> int:
        return self.us

    def monotonic_us(self) -> int:
        return self.us


class MemoryWire(asyncio.Transport):
    """What the server writes gathers in `sent`; while `is_stuck`, in a buffer that pauses the protocol."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.writes = 0
        self.buffered = b""
        self.is_stuck = False
        self.is_closed = False
        self.is_aborted = False
        self.has_eof = False
        self.is_reading_paused = False
        self._high = 64 * 1024
        self._is_paused = False
        self._protocol: Any = None

    # ------------------------------------------------------------ asyncio.Transport

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("192.0.2.1", 4711) if name == "peername" else default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = high if high is not None else self._high

    def get_write_buffer_size(self) -> int:
        return len(self.buffered)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes += 1
        if not self.is_stuck:
            self.sent += bytes(data)
            return
        self.buffered += bytes(data)
        if len(self.buffered) > self._high and not self._is_paused:
            self._is_paused = True
            self._protocol.pause_writing()

    def write_eof(self) -> None:
        self.has_eof = True

    def can_write_eof(self) -> bool:
        return True

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = self.is_aborted = True

    def is_reading(self) -> bool:
        return not self.is_reading_paused

    def pause_reading(self) -> None:
        self.is_reading_paused = True

    def resume_reading(self) -> None:
        self.is_reading_paused = False

    # ------------------------------------------------------------ the client's end

    def unstick(self) -> None:
        self.is_stuck = False
        self.sent += self.buffered
        self.buffered = b""
        if self._is_paused:
            self._is_paused = False
            self._protocol.resume_writing()

    def receive(self, data: bytes) -> None:
        self._protocol.data_received(data)

    def send(self, *messages: str | bytes) -> None:
        """Websocket messages, in one piece."""
        self.receive(
            b"".join(
                frame_bytes(TEXT, message.encode())
                if isinstance(message, str)
                else frame_bytes(BINARY, message)
                for message in messages
            )
        )

    def lose(self) -> None:
        """The TCP connection is gone."""
        self.is_closed = True
        self._protocol.connection_lost(None)

    def take(self) -> list[str | bytes]:
        """The websocket messages sent since the last call; a close frame shows as `close CODE`."""
        data, self.sent = self.sent, b""
        if data.startswith(b"HTTP/1.1 101"):
            data = data.partition(b"\r\n\r\n")[2]
        messages: list[str | bytes] = []
        while data:
            size, start = data[1], 2
            if size > 125:
                start = 4 if size == 126 else 10
                size = int.from_bytes(data[2:start], "big")
            payload, opcode = data[start : start + size], data[0] & 15
            data = data[start + size :]
            if opcode == CLOSE:
                messages.append(f"close {int.from_bytes(payload[:2], 'big') if payload else ''}".strip())
            else:
                messages.append(payload.decode() if opcode == TEXT else payload)
        return messages


class MemoryServer:
    def __init__(
        self, config: TransportConfig, origins: OriginPolicy | None = None, parser: Parser = JSON
    ) -> None:
        self.clock = ManualClock()
        self.server = SocketServer(
            config, clock=self.clock, origins=origins or OriginPolicy.any(), parser=parser
        )
        self.config = config

    @property
    def engine(self) -> Engine:
        return self.server._engines[self.config.path]

    def acceptor(self, make_http: Any = None) -> MemoryWire:
        """A TCP connection that has just been accepted."""
        wire = MemoryWire()
        server = self.server
        polls = PollEntry(
            self.config,
            {path: PollRequests(engine) for path, engine in server._engines.items()},
            make_http,
            server._deadlines,
            server._tcp,
        )
        acceptor = Acceptor(
            self.config, server._engines, make_http, polls, server._deadlines, server._tcp, server._door
        )
        wire.set_protocol(acceptor)
        acceptor.connection_made(wire)
        return wire

    def websocket(self, query: str = "", headers: str = "", path: str | None = None) -> MemoryWire:
        """A connection whose websocket handshake has been sent."""
        wire = self.acceptor()
        wire.receive(upgrade_request(path or self.config.path, query, headers))
        self.turn()
        return wire

    def connected(self, namespace: str = "/") -> MemoryWire:
        """A websocket whose Socket.IO handshake is done; what was sent until then is taken."""
        wire = self.websocket()
        wire.send("40" if namespace == "/" else f"40{namespace},")
        self.turn()
        wire.take()
        return wire

    def turn(self) -> None:
        """The end of a loop turn."""
        self.server._flusher.flush()

    def advance(self, ms: int) -> None:
        """Let time pass, in steps, so that each deadline comes at its own time."""
        until_us = self.clock.us + ms * 1000
        deadlines = self.server._deadlines
        while deadlines._heap and deadlines._heap[0][0] <= until_us:
            self.clock.us = max(self.clock.us, deadlines._heap[0][0])
            deadlines.run(self.clock.us)
            self.turn()
        self.clock.us = until_us


def upgrade_request(path: str, query: str = "", headers: str = "") -> bytes:
    return (
        f"GET {path}?EIO=4&transport=websocket{query} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        f"Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
        f"{headers}\r\n"
    ).encode()


def only(namespace: Namespace) -> Socket:
    """The one socket of a namespace."""
    (socket,) = namespace.sockets.values()
    return socket
