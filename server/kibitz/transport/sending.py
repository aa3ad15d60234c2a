"""What a websocket is sent: the half of the connection that writes.

What handlers send gathers in the outbox and leaves with the flush at the end of the loop turn. While the
socket takes nothing more it waits, states collapse into what is owed, and both have their bounds.

The channel inherits this half instead of holding it: a broadcast calls `send` once for each receiver, and
a second call there would be the dearest line of it.
"""

import asyncio
from collections.abc import Hashable
from typing import TYPE_CHECKING, Literal

from kibitz.protocol import websocket as ws
from kibitz.transport.heartbeat import Deadline
from kibitz.transport.outbox import Encoded, Outbox
from kibitz.transport.owed import Owed, Render
from kibitz.transport.reasons import DisconnectReason

if TYPE_CHECKING:
    from kibitz.transport.broadcast import EncodedEvent
    from kibitz.transport.engine import Engine
    from kibitz.transport.session import Session
    from kibitz.transport.socket import Socket


class SendingHalf(asyncio.Protocol):
    """`session` is the one that the websocket carries or wants to carry (the session knows which); None
    once the websocket only has its closing handshake left."""

    __slots__ = (
        "_deadline",
        "_engine",
        "_is_closing",
        "_is_dirty",
        "_is_slow",
        "_is_text_only",
        "_outbox",
        "_owed",
        "_transport",
        "_unmoved",
        "is_writable",
        "session",
    )

    def __init__(self, engine: "Engine", *, is_text_only: bool) -> None:
        self._engine = engine
        self._outbox = Outbox(engine.flusher, engine.config.outbox_bytes_max)
        self._transport: asyncio.Transport | None = None
        self._deadline: Deadline | None = None
        self._is_dirty = False
        self._owed: Owed | None = None
        self._is_closing = False
        self._is_slow = False
        self._unmoved = 0
        self._is_text_only = is_text_only
        self.is_writable = True
        """A plain value, kept true to what the transport says: a broadcast reads it for each receiver."""
        self.session: Session | None = None

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

    # ------------------------------------------------------------ while the socket takes nothing

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

    def on_chosen(self) -> None:
        if self._deadline is not None:
            self._engine.deadlines.cancel(self._deadline)
            self._deadline = None

    @property
    def _is_carrier(self) -> bool:
        """The session's packets go by this websocket; it is neither a candidate nor closing."""
        channel: object = None if self.session is None else self.session.channel
        return channel is self

    def _mark(self) -> None:
        self._outbox.mark()
        if self._transport is not None and not self.is_writable:
            self._unmoved = self._transport.get_write_buffer_size()

    def due(self, now_us: int) -> int | None:
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
