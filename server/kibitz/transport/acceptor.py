"""The first protocol of every TCP connection: reads one request head and decides who goes on.

A websocket upgrade on one of our paths goes to our own websocket, the usual request of a polling session
to `poll_connection`; everything else goes to aiohttp with the bytes read so far. Here is also what aiohttp
lacks: a time limit and a size limit on the head, a limit on connections, and a pace for new sessions
(`door`), by websocket and by polling.
"""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import cast

from kibitz.transport.config import TransportConfig
from kibitz.transport.door import Door
from kibitz.transport.engine import Engine, TcpCount, wants_websocket
from kibitz.transport.handshake import HeadError, RequestHead, parse_head
from kibitz.transport.heartbeat import Deadline, Deadlines
from kibitz.transport.poll_connection import PollEntry

REFUSALS_MAX = 64
"""Connections above the limit that are told so at one time; more of them are only closed."""


class Acceptor(asyncio.Protocol):
    """One connection until its first request head is complete."""

    __slots__ = (
        "_config",
        "_deadline",
        "_deadlines",
        "_door",
        "_engines",
        "_guest",
        "_is_answered",
        "_make_http",
        "_polls",
        "_received",
        "_tcp",
        "_transport",
    )

    def __init__(
        self,
        config: TransportConfig,
        engines: Mapping[str, Engine],
        make_http: Callable[[], asyncio.Protocol],
        polls: PollEntry,
        deadlines: Deadlines,
        tcp: TcpCount,
        door: Door,
    ) -> None:
        self._config = config
        self._door = door
        self._guest: tuple[Engine, RequestHead, bytes] | bytes | None = None
        self._engines = engines
        self._make_http = make_http
        self._polls = polls
        self._deadlines = deadlines
        self._tcp = tcp
        self._received = b""
        self._is_answered = False
        self._transport: asyncio.Transport | None = None
        self._deadline: Deadline | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self._tcp.open += 1
        if self._tcp.open > self._config.connections_max + REFUSALS_MAX:
            self._transport.abort()
        elif self._tcp.open > self._config.connections_max:
            self._refuse(503, "Too many connections", {"Retry-After": "2"})
        else:
            self._deadline = self._deadlines.add(self._config.head_timeout_ms * 1000, self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._tcp.lost()
        self._stop_waiting()

    def due(self, now_us: int) -> int | None:
        if self._guest is not None:
            self._refuse(503, "Too many clients at once", {"Retry-After": "2"})
        elif not self._is_answered:
            self._refuse(408, "The request head took too long")
        elif self._transport is not None:
            self._transport.abort()
        return None

    def data_received(self, data: bytes) -> None:
        transport = self._transport
        if transport is None or self._is_answered:
            return
        if self._guest is not None:  # nothing should come before the answer, so little of it is kept
            self._received += data
            if len(self._received) > self._config.head_bytes_max:
                self._refuse(431, "Too much behind the request head")
            return
        seen = max(0, len(self._received) - 3)
        received = self._received + data if self._received else data
        end = received.find(b"\r\n\r\n", seen, self._config.head_bytes_max + 4)
        if end < 0:
            if len(received) > self._config.head_bytes_max:
                self._refuse(431, "The request head is too large")
            else:
                self._received = received
            return
        self._received = b""
        self._stop_waiting()
        head = received[:end]
        if head.count(b"\n") > self._config.head_fields_max:
            self._refuse(431, "The request has too many header fields")
        elif b"\nupgrade:" in head.lower():
            self._upgrade(transport, head, received[end + 4 :], received)
        elif self._polls.wants(received):
            self._transport = None
            self._polls.take_over(transport, received)
        elif self._opens_a_session(head):
            self._ask_at_the_door(transport, received)
        else:
            self._hand_to_http(transport, received)

    def _opens_a_session(self, head: bytes) -> bool:
        """On polling. Only the first request of a connection is looked at: the next ones cost much less."""
        path, _, query = head[4 : head.find(b" ", 4)].partition(b"?")
        return head.startswith(b"GET ") and b"sid=" not in query and path.decode("latin-1") in self._engines

    def _ask_at_the_door(self, transport: asyncio.Transport, received: bytes) -> None:
        if self._door.is_full:
            self._refuse(503, "Too many clients at once", {"Retry-After": "2"})
        elif self._door.enter(self):
            self._hand_to_http(transport, received)
        else:
            self._guest = received
            self._deadline = self._deadlines.add(self._config.head_timeout_ms * 1000, self)

    def _upgrade(self, transport: asyncio.Transport, head: bytes, behind: bytes, received: bytes) -> None:
        try:
            request = parse_head(head)
        except HeadError as error:
            self._refuse(400, f"Bad request: {error}")
            return
        engine = self._engines.get(request.path)
        if engine is None or not wants_websocket(request.headers):
            self._hand_to_http(transport, received)
            return
        fields = head.partition(b"\r\n")[2]
        if "&sid=" in f"&{request.query_string}":  # an upgrade from polling is no new session
            self._take_over(transport, engine, request, fields, behind)
        elif self._door.is_full:
            self._refuse(503, "Too many clients at once", {"Retry-After": "2"})
        elif self._door.enter(self):
            self._take_over(transport, engine, request, fields, behind)
        else:
            self._guest = (engine, request, fields)
            self._received = behind
            self._deadline = self._deadlines.add(self._config.head_timeout_ms * 1000, self)

    def let_in(self) -> bool:
        transport, guest = self._transport, self._guest
        if transport is None or guest is None or transport.is_closing():
            return False
        self._guest = None
        self._stop_waiting()
        behind, self._received = self._received, b""
        if isinstance(guest, bytes):
            self._hand_to_http(transport, guest + behind)
        else:
            self._take_over(transport, *guest, behind)
        return True

    def _take_over(
        self, transport: asyncio.Transport, engine: Engine, request: RequestHead, fields: bytes, behind: bytes
    ) -> None:
        refusal = engine.upgrade(request, fields, transport, behind)
        if refusal is None:
            self._transport = None
        else:
            self._answer(refusal.status, refusal.body, "application/json", refusal.headers)

    def _hand_to_http(self, transport: asyncio.Transport, received: bytes) -> None:
        self._transport = None
        http = self._make_http()
        transport.set_protocol(http)
        http.connection_made(transport)
        http.data_received(received)

    def _refuse(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        self._answer(status, text.encode(), "text/plain; charset=utf-8", headers or {})

    def _answer(self, status: int, body: bytes, content_type: str, headers: Mapping[str, str]) -> None:
        transport = self._transport
        if transport is None:
            return
        self._guest = None
        self._stop_waiting()
        fields = {
            **headers,
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        transport.write(f"{line}{head}\r\n".encode("latin-1") + body)
        # Closing at once, with unread bytes of the client, would reset the connection and could
        # destroy the answer on its way: close our half, and the other when it has been read.
        self._is_answered = True
        if transport.can_write_eof():
            transport.write_eof()
        self._deadline = self._deadlines.add(self._config.close_timeout_ms * 1000, self)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadlines.cancel(self._deadline)
            self._deadline = None
