"""A websocket as a session's channel: our own `asyncio.Protocol` from the 101 answer on.

Everything happens in `data_received`: frames are read, packets decoded and handlers called without a
task, a future or a timer for any of them. What handlers send gathers in the outbox and leaves with
the flush at the end of the loop turn.
"""

import asyncio
import logging
from collections.abc import Hashable
from socket import SO_RCVBUF, SOL_SOCKET
from typing import TYPE_CHECKING, Literal, assert_never

from kibitz.protocol import websocket as ws
from kibitz.protocol.websocket import CloseFrame, Fragment, FrameError, FrameReader, PingFrame, PongFrame
from kibitz.transport.heartbeat import Deadline
from kibitz.transport.masking import mask
from kibitz.transport.outbox import Encoded, Outbox
from kibitz.transport.owed import Owed, Render
from kibitz.transport.reasons import DisconnectReason

if TYPE_CHECKING:
    from kibitz.transport.broadcast import EncodedEvent
    from kibitz.transport.engine import Engine
    from kibitz.transport.session import Session
    from kibitz.transport.socket import Socket

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


class WebSocketChannel(asyncio.Protocol):
    """One websocket connection, from the 101 answer on.

    `start` comes first. Then `session` is the one that it carries or wants to carry (the session
    knows which); None once the websocket only has its closing handshake left.
    """

    __slots__ = (
        "_deadline",
        "_engine",
        "_is_closing",
        "_is_deaf",
        "_is_dirty",
        "_is_held",
        "_is_queued",
        "_is_slow",
        "_is_text_only",
        "_outbox",
        "_owed",
        "_reader",
        "_transport",
        "_unmoved",
        "is_writable",
        "session",
    )

    def __init__(self, engine: "Engine", *, is_text_only: bool = False) -> None:
        config = engine.config
        self._engine = engine
        self._reader = FrameReader(config.limits.max_payload_bytes, mask)
        self._outbox = Outbox(engine.flusher, config.outbox_bytes_max)
        self._transport: asyncio.Transport | None = None
        self._deadline: Deadline | None = None
        self._is_dirty = False
        self._owed: Owed | None = None
        self._is_closing = False
        self._is_deaf = False
        self._is_held = False
        self._is_queued = False
        self._is_slow = False
        self._unmoved = 0
        self._is_text_only = is_text_only
        self.is_writable = True
        """A plain value, kept true to what the transport says: a broadcast reads it for each receiver."""
        self.session: Session | None = None

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

    def pause_writing(self) -> None:
        self.is_writable = False
        self._is_dirty = True  # resume_writing goes on, no flush
        if self._transport is not None:
            self._outbox.set_buffered(self._transport.get_write_buffer_size())
        if self._deadline is None and self._is_carrier:
            self._mark()
            self._deadline = self._engine.deadlines.add(self._engine.config.outbox_ms_max * 1000, self)

    def resume_writing(self) -> None:
        self.is_writable = True
        self._unmoved = 0
        self._outbox.set_buffered(0)
        transport = self._transport
        if transport is None or self._is_slow:
            return
        while self._outbox.frames and self.is_writable:
            self._write_some(transport)
        if self._owed is not None:
            # After what was kept: the answer to a client's own action comes before the state with it.
            while self._owed and self.is_writable:
                encoded = self._owed.pop()
                if encoded is not None and not self._is_closing:
                    frames = self._frames(encoded)
                    self._engine.counters.bytes_out += len(frames)
                    transport.write(frames)
            # What was sent while a state was rendered was not marked.
            while self._outbox.frames and self.is_writable:
                self._write_some(transport)
        if self.is_writable:
            self._is_dirty = False
            self._owed = None
            if self._is_carrier:
                self.on_chosen()  # nothing waits any more, so nothing has a time limit

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

    # ------------------------------------------------------------ sending

    @property
    def name(self) -> Literal["websocket"]:
        return "websocket"

    # Two copies of one body: these are the hottest lines of a broadcast and of an acknowledgement.

    def send(self, encoded: Encoded) -> None:
        frames = encoded.frames if not self._is_text_only else self._frames(encoded)
        outbox = self._outbox
        outbox.frames.append(frames)
        outbox.bytes += len(frames)
        if outbox.bytes > outbox.room:
            self._overflow()
        if not self._is_dirty:
            self._is_dirty = True
            self._engine.flusher.mark(self)

    def send_text(self, packet: bytes) -> None:
        size = len(packet)
        frames = ws.SHORT_TEXT_HEADS[size] + packet if size < 126 else ws.frame(ws.TEXT, packet)
        outbox = self._outbox
        outbox.frames.append(frames)
        outbox.bytes += len(frames)
        if outbox.bytes > outbox.room:
            self._overflow()
        if not self._is_dirty:
            self._is_dirty = True
            self._engine.flusher.mark(self)

    def owe(
        self,
        socket: "Socket",
        key: Hashable,
        encoded: "EncodedEvent",
        since: int | None,
        render: Render | None,
    ) -> None:
        """As for `Channel`. While there is something owed, `is_writable` is false."""
        if self._is_slow or self._transport is None:
            return
        if self._owed is None:
            self._owed = Owed(self._engine.counters)
        if not self._owed.owe(socket, key, encoded, since, render):
            self._engine.counters.slow_bytes += 1
            self._be_slow()

    def forget_state(self, socket: "Socket", key: Hashable) -> None:
        if self._owed is not None:
            self._owed.forget(socket, key)

    def flush(self) -> None:
        """Write what gathered, as far as the socket's buffer takes it."""
        self._is_dirty = False
        transport = self._transport
        outbox = self._outbox
        frames = outbox.frames
        if self._is_slow:
            outbox.clear()
            if self.session is not None:
                self.session.end(DisconnectReason.SLOW)
        elif transport is None:
            pass
        elif len(frames) == 1 and self.is_writable:
            self._engine.counters.bytes_out += outbox.bytes
            outbox.bytes = 0
            transport.write(frames.pop())
        else:
            while outbox.frames:
                if not self.is_writable:
                    self._is_dirty = True  # resume_writing goes on
                    return
                self._write_some(transport)

    def _write_some(self, transport: asyncio.Transport) -> None:
        """What waits longest, up to what is written at once."""
        some = self._outbox.take()
        self._engine.counters.bytes_out += len(some)
        transport.write(some)

    def _overflow(self) -> None:
        # One turn may produce more than the bound for a client that reads well: what its socket
        # takes now does not count.
        if not self._is_slow and self.is_writable:
            self.flush()
        if self._outbox.bytes > self._outbox.room:
            if not self._is_slow:
                self._engine.counters.slow_bytes += 1
            self._be_slow()

    def _be_slow(self) -> None:
        self._outbox.clear()
        self._owed = None
        if not self._is_slow:
            # The application may be in the middle of a loop over its sockets, so the session ends
            # with the flush, not here.
            self._is_slow = True
            self._engine.flusher.mark(self)

    def _frames(self, encoded: Encoded) -> bytes:
        if not self._is_text_only:
            return encoded.frames
        # For clients that asked for `b64=1`: no binary frames.
        return b"".join(ws.frame(ws.TEXT, packet) for packet in encoded.polled)

    # ------------------------------------------------------------ closing

    def wait_for_upgrade(self, session: "Session") -> None:
        """`session` goes on without this websocket unless `5` comes in time."""
        self.session = session
        self._deadline = self._engine.deadlines.add(self._engine.config.upgrade_timeout_ms * 1000, self)

    def on_chosen(self) -> None:
        if self._deadline is not None:
            self._engine.deadlines.cancel(self._deadline)
            self._deadline = None

    @property
    def _is_carrier(self) -> bool:
        """The session's packets go by this websocket; it is neither a candidate nor closing."""
        return self.session is not None and self.session.channel is self

    def _mark(self) -> None:
        self._outbox.mark()
        if self._transport is not None and not self.is_writable:
            self._unmoved = self._transport.get_write_buffer_size()

    def due(self, now_us: int) -> int | None:
        if self._is_closing:
            if self._transport is not None:
                self._transport.abort()
        elif self.session is not None:
            if self._is_carrier:
                return self._on_late(now_us)
            self.session.on_candidate_lost(self)
        return None

    def _on_late(self, now_us: int) -> int | None:
        """The time limit of whatever waited when it began."""
        buffered = 0 if self._transport is None else self._transport.get_write_buffer_size()
        if self._outbox.has_marked or 0 < self._unmoved <= buffered:
            self._deadline = None
            self._engine.counters.slow_time += 1
            self._be_slow()
            return None
        # Slow, but never that late: the limit begins anew for what waits now.
        self._mark()
        return now_us + self._engine.config.outbox_ms_max * 1000

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
