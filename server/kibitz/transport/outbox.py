"""What waits to be written: one write for a connection and loop turn, and a bound in bytes.

Sending only appends to a list and, once per loop turn, puts the connection on the dirty list; one
callback then writes for all of them. Five events in a turn so cost little more than one, because the
system call is most of the price of a delivery.
"""

import asyncio
import logging
from typing import Protocol

logger = logging.getLogger("kibitz.transport")

WRITE_BYTES_MAX = 64 * 1024
"""Written at once. What is beyond waits here, where a bound holds, and not in the socket's buffer."""


class Encoded(Protocol):
    """Packets that are encoded for either transport, on demand and once."""

    @property
    def frames(self) -> bytes:
        """As websocket frames."""
        ...

    @property
    def polled(self) -> tuple[bytes, ...]:
        """As packets of a long-polling payload."""
        ...


class Flushable(Protocol):
    def flush(self) -> None: ...


class Flusher:
    """The dirty list of one event loop."""

    __slots__ = ("_dirty", "_joined", "_last", "_loop")

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._dirty: list[Flushable] = []
        self._last: list[bytes] = []
        self._joined = b""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        if self._dirty:
            loop.call_soon(self.flush)

    def mark(self, channel: Flushable) -> None:
        """`channel.flush` will be called in this turn's flush. The caller sees to marking once."""
        self._dirty.append(channel)
        if len(self._dirty) == 1 and self._loop is not None:
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        for channel in dirty:
            try:
                channel.flush()
            except Exception:
                # The others would wait for ever: nobody marks them again.
                logger.exception("what gathered for one connection could not be written")
        self._last = []
        self._joined = b""

    def join(self, pending: list[bytes]) -> bytes:
        """`pending` as one. Receivers of the same broadcasts have equal lists, mostly one after another."""
        if len(pending) == 1:
            return pending[0]
        if pending != self._last:
            self._last = pending
            self._joined = b"".join(pending)
        return self._joined


class Outbox:
    """The frames that wait for one websocket, and how many bytes more it may hold."""

    __slots__ = ("_bound", "_flusher", "_marked", "bytes", "frames", "room")

    def __init__(self, flusher: Flusher, bytes_max: int) -> None:
        self._flusher = flusher
        self._bound = bytes_max
        self.frames: list[bytes] = []
        self.bytes = 0
        self._marked = 0
        self.room = bytes_max
        """`bytes` may not go beyond: the bound less what lies in the socket's write buffer."""

    def set_buffered(self, n_bytes: int) -> None:
        """Tell how much lies in the socket's write buffer."""
        self.room = self._bound - n_bytes

    def mark(self) -> None:
        """Remember what waits now, for `has_marked`."""
        self._marked = self.bytes

    @property
    def has_marked(self) -> bool:
        """Something waits that waited already when `mark` was called."""
        return self._marked > 0

    def take(self) -> bytes:
        """Remove and return the oldest frames, up to about `WRITE_BYTES_MAX` (at least one frame)."""
        if self.bytes <= WRITE_BYTES_MAX:
            taken, self.frames = self.frames, []
            self.bytes = self._marked = 0
            return self._flusher.join(taken)
        count = size = 0
        for frame in self.frames:
            if count and size + len(frame) > WRITE_BYTES_MAX:
                break
            count += 1
            size += len(frame)
        taken = self.frames[:count]
        del self.frames[:count]
        self.bytes -= size
        self._marked -= size
        return b"".join(taken)

    def clear(self) -> None:
        self.frames = []
        self.bytes = self._marked = 0
