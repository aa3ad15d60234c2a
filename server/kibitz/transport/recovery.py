"""Connection state recovery: a client that comes back within a while is who it was, and misses nothing.

The client is the unchanged one of Socket.IO 4.6 and later. Its first CONNECT is answered with a secret,
`pid`, beside the `sid`; every event without acknowledgement carries an offset as one more argument, and
after a drop the client connects with `pid` and the last offset that it saw. Recovered means: the same
`pid` and `sid`, the rooms and the data as they were, then every event that it did not see, once.

Each session logs what it was sent. An answered ping proves that everything before it has arrived, so what
a live session holds is what the last ping interval sent. After a drop the session stays in its rooms as a
`Saved` one and logs on, until the client comes back, its time is over or a bound is reached.

Offsets count the events of a namespace, so that one encoding of a broadcast serves everybody. Volatile
events and states are not logged; they carry the newest offset, because clients take a string at the
end of any event for one. Source: Socket.IO v4, Connection state recovery; docs/protocol.md.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kibitz.clock import Clock
from kibitz.ids import Entropy, SocketId, random_token
from kibitz.transport.reasons import DisconnectReason

if TYPE_CHECKING:
    from kibitz.transport.broadcast import EncodedEvent
    from kibitz.transport.engine import Counters
    from kibitz.transport.heartbeat import Deadline, Deadlines
    from kibitz.transport.socket import Socket

ENTRY_BYTES = 200
"""What an event in a log takes beside its bytes: many tiny events must not get around the bounds."""

RECOVERABLE = frozenset(
    (
        DisconnectReason.TRANSPORT_CLOSE,
        DisconnectReason.TRANSPORT_ERROR,
        DisconnectReason.PING_TIMEOUT,
        DisconnectReason.FORCED_CLOSE,
        DisconnectReason.SLOW,
    )
)
"""Not after a disconnect that either side wanted, nor after a payload that was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryConfig:
    """`disconnection_ms_max`: how long a session is kept without its client.

    `log_bytes_max`: what is logged for one session; beyond it the oldest events are forgotten, and
    a client that missed one of them is not recovered. `saved_bytes_max` and `saved_max`: for all sessions
    of a namespace that are without their clients; beyond it the oldest sessions are forgotten.
    """

    disconnection_ms_max: int = 120_000
    log_bytes_max: int = 256 * 1024
    saved_bytes_max: int = 64 * 1024 * 1024
    saved_max: int = 10_000


class Log:
    """What one session was sent and may not have got. `number` counts a namespace's events."""

    __slots__ = ("_bytes_max", "_entries", "bytes", "forgotten")

    def __init__(self, bytes_max: int, start: int) -> None:
        self._bytes_max = bytes_max
        self._entries: deque[tuple[int, int, EncodedEvent]] = deque()
        self.bytes = 0
        self.forgotten = start
        """The newest number that a client must have seen in order to miss nothing."""

    def add(self, number: int, at_us: int, encoded: "EncodedEvent", arrived_us: int) -> None:
        """`arrived_us`: what was sent before it has arrived."""
        entries = self._entries
        entries.append((number, at_us, encoded))
        self.bytes += ENTRY_BYTES + len(encoded.frames)
        while entries and (entries[0][1] < arrived_us or self.bytes > self._bytes_max):
            forgotten, _, old = entries.popleft()
            self.bytes -= ENTRY_BYTES + len(old.frames)
            self.forgotten = forgotten

    def after(self, number: int) -> "list[EncodedEvent]":
        return [encoded for at, _, encoded in self._entries if at > number]


class Memory:
    """What a connected socket keeps for the case that its connection is lost."""

    __slots__ = ("entered", "is_recovered", "log", "pid", "start")

    def __init__(self, pid: str, log: Log, start: int, *, is_recovered: bool) -> None:
        self.pid = pid
        self.log = log
        self.start = start
        """The number of the last event before the session; an older offset is of another session."""
        self.is_recovered = is_recovered
        self.entered: set[str] | None = set() if is_recovered else None
        """Rooms that the handlers enter before the client is told that its session goes on."""


class Saved:
    """A session without its client. `claim` is the socket that wants to go on with it, `claim_id` the id
    that it would have without."""

    __slots__ = ("_recovery", "claim", "claim_id", "data", "deadline", "id", "memory", "rooms", "sent")

    def __init__(self, recovery: "Recovery", socket: "Socket", memory: Memory, sent: int) -> None:
        self._recovery = recovery
        self.id: SocketId = socket.id
        self.data = socket.data
        self.rooms = frozenset(socket.rooms)
        self.memory = memory
        self.sent = sent
        """The number of the last event when the connection was lost."""
        self.claim: Socket | None = None
        self.claim_id = self.id
        self.deadline: Deadline | None = None

    def due(self, now_us: int) -> int | None:
        if self.claim is not None:
            return now_us + 1_000_000
        self._recovery.forget(self)
        return None


class Recovery:
    """The memory of one namespace."""

    def __init__(
        self,
        config: RecoveryConfig,
        *,
        clock: Clock,
        deadlines: "Deadlines",
        entropy: Entropy,
        counters: "Counters",
    ) -> None:
        self._config = config
        self._clock = clock
        self._deadlines = deadlines
        self._entropy = entropy
        self._counters = counters
        self._tag = random_token(6, entropy)  # offsets of another run of the server are none of ours
        self._number = 0
        self._live: dict[str, Socket] = {}
        self._saved: dict[str, Saved] = {}
        self._rooms: dict[str, dict[Saved, None]] = {}
        self._saved_bytes = 0

    @property
    def saved(self) -> int:
        """Sessions that wait for their clients."""
        return len(self._saved)

    def is_lost(self, socket_id: str) -> bool:
        """The id of a session that waits for its client."""
        return any(saved.id == socket_id for saved in self._rooms.get(socket_id, ()))

    # ------------------------------------------------------------ sending

    def stamp(self, encoded: "EncodedEvent") -> "EncodedEvent":
        """With the newest offset, for what is not logged."""
        return encoded.with_last(self._offset())

    def send(self, socket: "Socket", encoded: "EncodedEvent") -> None:
        """One event for one connected socket."""
        stamped = self._next(encoded)
        self._log(socket, stamped)
        socket.session.send(stamped)

    def broadcast(
        self,
        sockets: "Iterable[Socket]",
        encoded: "EncodedEvent",
        *,
        rooms: "Iterable[str] | None",
        but: "Socket | None" = None,
        but_rooms: tuple[str, ...] = (),
    ) -> None:
        """One event for `sockets` and for whoever was lost from `rooms` (None: from the namespace), and
        was in none of `but_rooms`."""
        stamped = self._next(encoded)
        for socket in sockets:
            if socket is but:
                continue
            if socket.is_connected:
                self._log(socket, stamped)
                socket.session.channel.send(stamped)
            else:
                socket.hold(encoded)
        now_us = self._clock.monotonic_us()
        for saved in self._lost_from(rooms):
            if but is not None and saved.id == but.id:
                continue
            if saved.id not in but_rooms and saved.rooms.isdisjoint(but_rooms):
                self._log_saved(saved, stamped, now_us)

    def _lost_from(self, rooms: "Iterable[str] | None") -> list[Saved]:
        if not self._saved:
            return []
        if rooms is None:
            return list(self._saved.values())
        return list({saved: None for room in rooms for saved in self._rooms.get(room, ())})

    def _next(self, encoded: "EncodedEvent") -> "EncodedEvent":
        self._number += 1
        return encoded.with_last(self._offset())

    def _offset(self) -> str:
        return f"{self._tag}.{self._number}"

    def _log(self, socket: "Socket", stamped: "EncodedEvent") -> None:
        memory = socket.memory
        if memory is not None:
            memory.log.add(
                self._number, self._clock.monotonic_us(), stamped, socket.session.arrived_before_us
            )

    def _log_saved(self, saved: Saved, stamped: "EncodedEvent", now_us: int) -> None:
        log = saved.memory.log
        if self._saved.get(saved.memory.pid) is not saved:
            return  # forgotten a moment ago, for the bytes that this very event took of another
        before = log.bytes
        log.add(self._number, now_us, stamped, 0)
        self._saved_bytes += log.bytes - before
        if log.forgotten > saved.sent and saved.claim is None:
            self.forget(saved)  # whatever its client saw, it missed something that is gone
        self._keep_bounds()

    # ------------------------------------------------------------ sessions

    def connect(self, socket: "Socket", auth: dict[str, object]) -> bool:
        """A client asks to connect. True if `socket` goes on with a session: it then has the id,
        data and rooms of that session, which waits for `resume` or `release`."""
        pid = auth.get("pid")
        if not isinstance(pid, str):
            return False
        live = self._live.get(pid)
        if live is not None and live.session is not socket.session:
            # The client knows that its old connection is lost; the server is about to find out.
            live.session.end(DisconnectReason.TRANSPORT_CLOSE)
        saved = self._saved.get(pid)
        if saved is None or saved.claim is not None:
            self._counters.not_recovered += 1
            return False
        if self._seen(saved, auth.get("offset")) < saved.memory.log.forgotten:
            self.forget(saved)
            self._counters.not_recovered += 1
            return False
        saved.claim, saved.claim_id = socket, socket.id
        socket.id, socket.data = saved.id, saved.data
        socket.rooms |= saved.rooms
        memory = saved.memory
        socket.memory = Memory(memory.pid, memory.log, memory.start, is_recovered=True)
        return True

    def resume(self, socket: "Socket", auth: dict[str, object]) -> "list[EncodedEvent]":
        """The client may be told that it is connected: what it missed, to be sent right behind that.

        For a new session that is nothing. `socket.memory` is set in either case.
        """
        memory = socket.memory
        saved = None if memory is None else self._saved.get(memory.pid)
        if memory is None or saved is None or saved.claim is not socket:
            pid = random_token(18, self._entropy)
            log = Log(self._config.log_bytes_max, self._number)
            socket.memory = Memory(pid, log, self._number, is_recovered=False)
            self._live[pid] = socket
            return []
        seen = self._seen(saved, auth.get("offset"))
        self.forget(saved)
        if seen < memory.log.forgotten:
            # While an asynchronous handler took its time, more came than the log holds.
            socket.memory = None
            return self.resume(socket, auth)
        memory.entered = None
        self._live[memory.pid] = socket
        self._counters.recovered += 1
        return memory.log.after(seen)

    def start_anew(self, socket: "Socket") -> None:
        """`Socket.start_anew`: the session waits on, for the one whose it is."""
        memory = socket.memory
        saved = None if memory is None else self._saved.get(memory.pid)
        if memory is None or saved is None or saved.claim is not socket:
            return
        saved.claim = None
        socket.memory = None
        socket.id = saved.claim_id
        socket.rooms = memory.entered or set()
        if socket.data is saved.data:
            socket.data = None
        self._counters.not_recovered += 1

    def release(self, socket: "Socket") -> None:
        """The socket was refused, or is gone before it was connected: its session waits on."""
        if socket.memory is not None:
            saved = self._saved.get(socket.memory.pid)
            if saved is not None and saved.claim is socket:
                saved.claim = None

    def disconnected(self, socket: "Socket", reason: DisconnectReason) -> None:
        """Keep the session if its client may come back; its rooms are still entered."""
        memory = socket.memory
        if memory is None:
            return
        self._live.pop(memory.pid, None)
        if reason not in RECOVERABLE:
            return
        saved = Saved(self, socket, memory, self._number)
        saved.deadline = self._deadlines.add(self._config.disconnection_ms_max * 1000, saved)
        self._saved[memory.pid] = saved
        self._saved_bytes += memory.log.bytes
        for room in (*saved.rooms, saved.id):
            self._rooms.setdefault(room, {})[saved] = None
        self._keep_bounds()

    def forget(self, saved: Saved) -> None:
        """The session waits no more."""
        if self._saved.pop(saved.memory.pid, None) is None:
            return
        self._saved_bytes -= saved.memory.log.bytes
        if saved.deadline is not None:
            self._deadlines.cancel(saved.deadline)
        for room in (*saved.rooms, saved.id):
            members = self._rooms[room]
            del members[saved]
            if not members:
                del self._rooms[room]

    def _keep_bounds(self) -> None:
        config = self._config
        while len(self._saved) > config.saved_max or self._saved_bytes > config.saved_bytes_max:
            oldest = next((saved for saved in self._saved.values() if saved.claim is None), None)
            if oldest is None:
                return
            self.forget(oldest)

    def _seen(self, saved: Saved, offset: object) -> int:
        """The number of the last event that the client saw, at least that of the session's start:
        without an event it has no offset, or still that of an earlier session."""
        start = saved.memory.start
        if not isinstance(offset, str):
            return start
        tag, _, digits = offset.rpartition(".")
        if tag != self._tag or not (digits.isascii() and digits.isdecimal()) or len(digits) > 16:
            return start
        return max(start, min(int(digits), self._number))
