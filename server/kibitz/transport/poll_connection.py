"""Polling in front of aiohttp: one connection, as long as it carries the usual requests of sessions.

An answer to a poll costs aiohttp two tasks, a request, a parser's turn and a multidict. Here it is a few
calls: the request is read, the session asked, the bytes written, without a task or a future. What is not a
usual, whole request of a session goes to aiohttp untouched, and the connection with it, until aiohttp has
answered and the next such request comes (`http_connection`).
"""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus

from kibitz.transport.config import TransportConfig
from kibitz.transport.engine import TcpCount
from kibitz.transport.heartbeat import Deadlines
from kibitz.transport.poll_answer import answer_date, plain_head
from kibitz.transport.poll_head import Doubt, PollReader
from kibitz.transport.polling import PollReply, PollRequest, PollRequests


class PollEntry:
    """The way in for the polling requests of one server. `make_http` makes aiohttp's side of a connection."""

    def __init__(
        self,
        config: TransportConfig,
        requests: Mapping[str, PollRequests],
        make_http: Callable[[], asyncio.Protocol],
        deadlines: Deadlines,
        tcp: TcpCount,
    ) -> None:
        self.config = config
        self.make_http = make_http
        self.deadlines = deadlines
        self.tcp = tcp
        self.paths = {path.encode(): each for path, each in requests.items()}
        self.connections: set[PollConnection] = set()
        self._beginnings = tuple(
            b"%b %b?" % (method, path) for path in self.paths for method in (b"GET", b"POST")
        )

    def wants(self, received: bytes) -> bool:
        """A request that seems to be one of a session begins here."""
        return received.startswith(self._beginnings) and b"sid=" in received

    def may_want(self, received: bytes) -> bool:
        """As far as it has come, it could be one."""
        return any(received.startswith(each) or each.startswith(received) for each in self._beginnings)

    def take_over(self, transport: asyncio.Transport, received: bytes) -> None:
        """A connection of which nothing is unanswered; `received` is what came since."""
        connection = PollConnection(self)
        transport.set_protocol(connection)
        connection.connection_made(transport)
        connection.data_received(received)

    def close(self) -> None:
        """Each connection ends as soon as nothing is unanswered on it."""
        for connection in list(self.connections):
            connection.close_when_idle()


class PollConnection(asyncio.Protocol):
    """`_request` is the one that is not answered yet; what comes meanwhile waits, and so does what comes
    while the client leaves an answer unread."""

    __slots__ = (
        "_deadline",
        "_entry",
        "_idle_us",
        "_is_answering",
        "_is_ending",
        "_is_stuck",
        "_reader",
        "_received",
        "_request",
        "_transport",
    )

    def __init__(self, entry: PollEntry) -> None:
        self._entry = entry
        self._reader = PollReader(entry.paths, entry.config.head_fields_max)
        self._idle_us = entry.config.keepalive_timeout_ms * 1000
        self._deadline = entry.deadlines.add(self._idle_us, self)
        self._received = b""
        self._request: PollRequest | None = None
        self._is_answering = False
        self._is_ending = False
        self._is_stuck = False
        self._transport: asyncio.Transport | None = None

    # ------------------------------------------------------------ asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's is no Transport by inheritance
        transport.set_write_buffer_limits(high=0)  # type: ignore[attr-defined]
        self._entry.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        self._entry.tcp.lost()
        request, self._request = self._request, None
        if request is not None:
            request.lost()

    def pause_writing(self) -> None:
        self._is_stuck = True

    def resume_writing(self) -> None:
        self._is_stuck = False
        self._go_on()

    def data_received(self, data: bytes) -> None:
        transport = self._transport
        if transport is None or self._is_ending:
            return
        self._received = self._received + data if self._received else data
        if self._is_free:
            self._read(transport)
        elif len(self._received) > self._entry.config.head_bytes_max:
            transport.abort()  # nobody sends that much before the answer

    def due(self, now_us: int) -> int | None:
        """Idle for too long, or in the middle of a request that does not come; not while an answer is due."""
        transport = self._transport
        if transport is None:
            return None
        if self._is_ending:
            transport.abort()  # what it was sent last stays unread
        elif self._request is not None or self._is_stuck:
            return now_us + self._idle_us
        else:
            transport.close()
        return None

    # ------------------------------------------------------------ requests

    @property
    def _is_free(self) -> bool:
        return self._request is None and not self._is_stuck and not self._is_ending

    def _read(self, transport: asyncio.Transport) -> None:
        """Carry out what has come, one request after another, as far as each is answered at once."""
        while self._received and self._is_free and not transport.is_closing():
            received = self._received
            entry = self._entry
            end = received.find(b"\r\n\r\n", 0, entry.config.head_bytes_max + 4)
            if end < 0:
                if len(received) > entry.config.head_bytes_max or not _is_clean(received, entry):
                    self._hand_on(transport)
                return
            try:
                head, body, after = self._reader.read(received, end, entry.config.max_payload_bytes)
                found = entry.paths[head.path.encode()].find(head)
            except Doubt:
                found = None
            if found is None:
                self._hand_on(transport)
                return
            self._received = received[after:]
            if isinstance(found, PollReply):
                self._write(found)
                continue
            self._request = found
            self._is_answering = True
            if head.method == "GET":
                found.get(self._answer)
            elif not found.begin_post(self._answer):
                pass
            elif body is None:
                found.refuse_size()
            else:
                found.post(body)
            self._is_answering = False

    def _answer(self, reply: PollReply) -> None:
        self._request = None
        self._write(reply)
        if self._received and not self._is_answering:
            # Not within this call: it comes from the middle of what a session or its application does.
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        transport = self._transport
        if transport is None or not self._is_free:
            return
        self._read(transport)

    def _write(self, reply: PollReply) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._is_ending = self._is_ending or reply.must_close
        if reply.status == 200 and not reply.headers and not self._is_ending:
            transport.write(plain_head(reply.media_type, len(reply.body)) + reply.body)
        else:
            transport.write(_head(reply, is_last=self._is_ending) + reply.body)
        deadlines = self._entry.deadlines
        if not self._is_ending:
            deadlines.postpone(self._deadline, self._idle_us)
        elif reply.must_close and transport.can_write_eof():
            # With unread bytes of the client, closing would reset the connection and could destroy the
            # answer on its way: what still comes is read and looked at no more, for a while.
            self._received = b""
            transport.write_eof()
            deadlines.postpone(self._deadline, self._entry.config.close_timeout_ms * 1000)
        else:
            transport.close()

    # ------------------------------------------------------------ end

    def close_when_idle(self) -> None:
        self._is_ending = True
        if self._request is None and self._transport is not None:
            self._transport.close()

    def _hand_on(self, transport: asyncio.Transport) -> None:
        """aiohttp has it from here, with every byte that was not answered."""
        self._forget()
        transport.set_write_buffer_limits()
        http = self._entry.make_http()
        transport.set_protocol(http)
        http.connection_made(transport)
        http.data_received(self._received)

    def _forget(self) -> None:
        self._transport = None
        self._entry.connections.discard(self)
        self._entry.deadlines.cancel(self._deadline)


def _is_clean(received: bytes, entry: PollEntry) -> bool:
    """The beginning of a head that may become one of ours. A bare CR or LF is for aiohttp to refuse."""
    rest = received.replace(b"\r\n", b"")
    return b"\n" not in rest and b"\r" not in rest[:-1] and entry.may_want(received)


def _head(reply: PollReply, *, is_last: bool) -> bytes:
    fields = {
        "Content-Type": reply.media_type,
        "Cache-Control": "no-store",
        "Server": "kibitz",
        **reply.headers,
        "Content-Length": str(len(reply.body)),
        "Date": answer_date(),
        **({"Connection": "close"} if is_last else {}),
    }
    lines = "".join([f"{name}: {value}\r\n" for name, value in fields.items()])
    return f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n{lines}\r\n".encode()
