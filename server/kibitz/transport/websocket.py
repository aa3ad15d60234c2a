"""A websocket as a session's channel: our own `asyncio.Protocol` from the 101 answer on.

Everything happens in `data_received`: frames are read, packets decoded and handlers called without a
task, a future or a timer for any of them. What they send is the other half, `kibitz.transport.sending`.
"""

import asyncio
import logging
from socket import SO_RCVBUF, SOL_SOCKET
from typing import TYPE_CHECKING, assert_never

from kibitz.protocol import websocket as ws
from kibitz.protocol.websocket import CloseFrame, Fragment, FrameError, FrameReader, PingFrame, PongFrame
from kibitz.transport.masking import mask
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.sending import SendingHalf

if TYPE_CHECKING:
    from kibitz.transport.engine import Engine
    from kibitz.transport.session import Session

logger = logging.getLogger("kibitz.transport")

MESSAGES_AT_ONCE = 16
"""Handled for one connection before others get their turn; a client can put 10,000 into one segment."""

_FLOOD_BYTES = 8 * 1024
"""What the kernel takes in for a client that once sent more than its turn."""

_CLOSE_CODES: dict[DisconnectReason, tuple[int | None, str]] = {
    DisconnectReason.PARSE_ERROR: (ws.PROTOCOL_ERROR, "parse error"),
    DisconnectReason.TRANSPORT_ERROR: (ws.PROTOCOL_ERROR, "transport error"),
    DisconnectReason.FORCED_CLOSE: (ws.PROTOCOL_ERROR, "forced close"),
    DisconnectReason.SHUTTING_DOWN: (ws.GOING_AWAY, "server shutting down"),
    DisconnectReason.SLOW: (ws.SLOW, "slow"),
}
"""The other reasons close without a code, as the reference server does."""


class WebSocketChannel(SendingHalf):
    """One websocket connection, from the 101 answer on: the half that reads, and the end of both.

    `start` comes first.
    """

    __slots__ = ("_is_deaf", "_is_held", "_is_queued", "_reader")

    def __init__(self, engine: "Engine", *, is_text_only: bool = False) -> None:
        super().__init__(engine, is_text_only=is_text_only)
        self._reader = FrameReader(engine.config.limits.max_payload_bytes, mask)
        self._is_deaf = False
        self._is_held = False
        self._is_queued = False

    def start(self, transport: asyncio.Transport, accept: bytes) -> None:
        """Become the protocol of a connection; `accept` is the 101 answer to its handshake."""
        self._transport = transport
        transport.set_protocol(self)
        transport.set_write_buffer_limits(high=self._engine.config.write_buffer_bytes)
        self._outbox.frames.append(accept)  # leaves together with the first packet
        self._outbox.bytes += len(accept)
        self._is_dirty = True
        self._engine.flusher.mark(self)

    # ------------------------------------------------------------ asyncio.Protocol

    def data_received(self, data: bytes) -> None:
        if self._is_deaf:
            return
        self._engine.counters.bytes_in += len(data)
        # What the handlers send to this very client is written at the end of this call: it need not
        # wait for the flush, nor cost a place in it.
        is_own_flush = not self._is_dirty
        self._is_dirty = True
        try:
            text = self._reader.whole_text(data)
            session = self.session
            if text is None:
                self._read(data)
            elif session is not None:
                if text[:1] == "4" and session.channel is self:
                    session.receiver.on_text(text[1:])  # as `on_frame` would, one call cheaper
                else:
                    session.on_frame(self, text)
        except FrameError as error:
            self._fail(error.code, error.rule)
        if is_own_flush:
            outbox = self._outbox
            if len(outbox.frames) == 1 and self.is_writable and not self._is_slow:
                # As `flush` would; one answer to one event is what nearly all of these calls are.
                self._is_dirty = False
                self._engine.counters.bytes_out += outbox.bytes
                outbox.bytes = 0
                if self._transport is not None:
                    self._transport.write(outbox.frames.pop())
            else:
                self.flush()

    def _read(self, data: bytes) -> None:
        self._reader.feed(data)
        if self._take_some():
            self._read_later()

    def _take_some(self) -> bool:
        """True if there is more, and it is the others' turn. Raises `FrameError`."""
        reader = self._reader
        for _ in range(MESSAGES_AT_ONCE):
            message = reader.next_message()
            if isinstance(message, (str, bytes)):
                if self.session is not None:
                    self.session.on_frame(self, message)
            elif message is None:
                return False
            elif not isinstance(message, Fragment):
                self._on_control(message)
            if not reader.rest or self._is_deaf or self._is_held:
                return False
        return True

    def _read_later(self) -> None:
        transport = self._transport
        if transport is not None and not transport.is_closing() and not self._is_queued:
            transport.pause_reading()
            self._is_queued = True
            # What a flood sends waits on its own side then: a segment takes as much memory as the kernel
            # had let in.
            sock = transport.get_extra_info("socket")
            if sock is not None:
                sock.setsockopt(SOL_SOCKET, SO_RCVBUF, _FLOOD_BYTES)
            self._engine.slow_lane.enter(self)

    def read_on(self) -> bool:
        """As for `Backlog`; it leaves the lane with its reading resumed, unless it is held."""
        self._is_queued = False
        transport = self._transport
        if transport is None or transport.is_closing() or self._is_held:
            return False
        is_own_flush = not self._is_dirty
        self._is_dirty = True
        try:
            self._is_queued = not self._is_deaf and self._take_some()
        except FrameError as error:
            self._fail(error.code, error.rule)
        except Exception:
            # As asyncio does where `data_received` fails; else it would stay there, and never be read again.
            logger.exception("a connection could not be read")
            transport.abort()
            return False
        if is_own_flush:
            self.flush()
        if not self._is_queued:
            self._resume_reading()
        return self._is_queued

    def _resume_reading(self) -> None:
        transport = self._transport
        if transport is not None and not transport.is_closing() and not self._is_held:
            transport.resume_reading()

    def hold(self) -> None:
        self._is_held = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def release_hold(self) -> None:
        if self._is_held:
            self._is_held = False
            self._read_later()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.is_writable = False
        self._owed = None
        self._outbox.clear()
        if self._deadline is not None:
            self._engine.deadlines.cancel(self._deadline)
        self._engine.tcp.lost()
        session, self.session = self.session, None
        if session is not None:
            session.on_channel_lost(self)

    # ------------------------------------------------------------ closing

    def wait_for_upgrade(self, session: "Session") -> None:
        """`session` goes on without this websocket unless `5` comes in time."""
        self.session = session
        self._deadline = self._engine.deadlines.add(self._engine.config.upgrade_timeout_ms * 1000, self)

    def due(self, now_us: int) -> int | None:
        if self._is_closing:
            if self._transport is not None:
                self._transport.abort()
        elif self.session is not None:
            if self._is_carrier:
                return super().due(now_us)
            self.session.on_candidate_lost(self)
        return None

    def end(self, reason: DisconnectReason, *, by_client: bool) -> bool:
        self.close(*_CLOSE_CODES.get(reason, (None, "")))
        return False

    def close(self, code: int | None = None, reason: str = "") -> None:
        """Write what waits and a close frame, then give the peer a while to answer. May be called twice."""
        self.session = None
        transport = self._transport
        if transport is None or self._is_closing:
            return
        self._is_closing = True
        self.on_chosen()
        self._deadline = self._engine.deadlines.add(self._engine.config.close_timeout_ms * 1000, self)
        while self._outbox.frames and not self._is_slow:
            self._write_some(transport)
        self._outbox.clear()
        transport.write(ws.close_frame(code, reason))

    def _on_control(self, message: PingFrame | PongFrame | CloseFrame) -> None:
        match message:
            case PingFrame():
                # A peer that does not read gets no more answers: they have no bound of their own.
                if self._transport is not None and not self._is_closing and self.is_writable:
                    self._transport.write(ws.frame(ws.PONG, message.data))
            case PongFrame():
                pass
            case CloseFrame():
                session = self.session
                self._is_deaf = True
                self._reader.drop()
                self.close(None if message.code == ws.NO_CODE else message.code)
                if self._transport is not None:
                    self._transport.close()
                if session is not None:
                    session.on_channel_lost(self)
            case _:
                assert_never(message)

    def _fail(self, code: int, rule: str) -> None:
        """The peer broke RFC 6455: say so, close our half and look at nothing more.

        The socket is not closed at once: with unread data in it, that would reset the connection and
        could destroy the close frame on its way.
        """
        session = self.session
        self._is_deaf = True
        self._reader.drop()
        self.close(code, rule)
        if self._transport is not None and self._transport.can_write_eof():
            self._transport.write_eof()
        if session is not None:
            session.on_channel_broken(self)
