"""An Engine.IO session: one client, whatever transport carries it at the moment.

Which transport that is, and what a second websocket may do, is the table `TRANSITIONS`; what is not
in it is refused. The heartbeat is the server's: it pings `ping_interval_ms` after the last pong, and
only a pong clears the timeout. Source: engine.io-protocol v4, Heartbeat and Upgrade.
"""

from collections.abc import Hashable
from enum import Enum, auto
from typing import TYPE_CHECKING, Literal, Protocol

from kibitz.ids import Sid
from kibitz.protocol import engineio
from kibitz.protocol.errors import DecodeError
from kibitz.transport.broadcast import PING, PROBE_ANSWER, EncodedBinary, EncodedPacket
from kibitz.transport.handshake import Handshake
from kibitz.transport.heartbeat import STALL_US
from kibitz.transport.outbox import Encoded
from kibitz.transport.owed import Render
from kibitz.transport.poll_channel import PollChannel
from kibitz.transport.reasons import DisconnectReason

if TYPE_CHECKING:
    from kibitz.transport.broadcast import EncodedEvent
    from kibitz.transport.engine import Engine
    from kibitz.transport.socket import Socket
    from kibitz.transport.websocket import WebSocketChannel


class State(Enum):
    POLLING = auto()
    PROBING = auto()  # a websocket of the same sid has come; polling goes on
    PROBED = auto()  # it was answered `3probe`; polling goes on until `5`
    WEBSOCKET = auto()
    CLOSING = auto()  # ended by the server; the next poll will be told
    CLOSED = auto()


class Trigger(Enum):
    CANDIDATE = auto()  # a websocket of the same sid
    PROBE = auto()  # `2probe` on it
    UPGRADE = auto()  # `5` on it
    CANDIDATE_LOST = auto()  # it closed, broke a rule or took too long
    CLOSE = auto()  # the server ends the session and wants to tell
    END = auto()  # the session is over, nobody is left to tell


TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (State.POLLING, Trigger.CANDIDATE): State.PROBING,
    (State.PROBING, Trigger.PROBE): State.PROBED,
    (State.PROBED, Trigger.UPGRADE): State.WEBSOCKET,
    (State.PROBING, Trigger.CANDIDATE_LOST): State.POLLING,
    (State.PROBED, Trigger.CANDIDATE_LOST): State.POLLING,
    (State.POLLING, Trigger.CLOSE): State.CLOSING,
    (State.PROBING, Trigger.CLOSE): State.CLOSING,
    (State.PROBED, Trigger.CLOSE): State.CLOSING,
    (State.WEBSOCKET, Trigger.CLOSE): State.CLOSED,
    (State.POLLING, Trigger.END): State.CLOSED,
    (State.PROBING, Trigger.END): State.CLOSED,
    (State.PROBED, Trigger.END): State.CLOSED,
    (State.WEBSOCKET, Trigger.END): State.CLOSED,
    (State.CLOSING, Trigger.END): State.CLOSED,
}


class Channel(Protocol):
    """The transport that carries a session's packets."""

    @property
    def name(self) -> Literal["websocket", "polling"]: ...

    @property
    def is_writable(self) -> bool:
        """What is sent now can leave now."""
        ...

    def send(self, encoded: Encoded) -> None: ...

    def owe(
        self,
        socket: "Socket",
        key: Hashable,
        encoded: "EncodedEvent",
        since: int | None,
        render: Render | None,
    ) -> None:
        """Instead of `send`, for a state while `is_writable` is false: `Owed.owe`."""
        ...

    def hold(self) -> None:
        """Take nothing more from the client until `release_hold`: its handlers are behind."""
        ...

    def release_hold(self) -> None: ...

    def forget_state(self, socket: "Socket", key: Hashable) -> None:
        """The state of `key` is not owed any more."""
        ...

    def send_text(self, packet: bytes) -> None:
        """`send` for one Engine.IO text packet that nobody else gets, such as an acknowledgement."""
        ...

    def end(self, reason: DisconnectReason, *, by_client: bool) -> bool:
        """Close; True if the client has still to come to hear of it."""
        ...


class Receiver(Protocol):
    """The application of a session. Called from the loop; must not block."""

    def on_text(self, data: str) -> None: ...

    def on_binary(self, data: bytes) -> None: ...

    def on_end(self, reason: DisconnectReason) -> None:
        """Called once; the session can send nothing any more."""
        ...


class Session:
    """One client. Its application is `receiver`, set by the engine right after it is made."""

    __slots__ = (
        "_deadline",
        "_holds",
        "_is_ping_open",
        "_ping_us",
        "candidate",
        "channel",
        "engine",
        "handshake",
        "is_open",
        "last_ping_ms",
        "latency_us",
        "receiver",
        "sid",
        "state",
    )

    receiver: Receiver

    def __init__(self, engine: "Engine", sid: Sid, handshake: Handshake, channel: Channel) -> None:
        self.engine = engine
        self.sid = sid
        self.handshake = handshake
        self.channel = channel
        self.is_open = True
        """Neither closing nor closed; kept beside `state` because every message asks."""
        self.state = State.POLLING if channel.name == "polling" else State.WEBSOCKET
        self.candidate: WebSocketChannel | None = None
        self.last_ping_ms: int | None = None
        self.latency_us: int | None = None
        self._is_ping_open = False
        self._ping_us = 0
        self._holds = 0
        self._deadline = engine.deadlines.add(engine.config.ping_interval_ms * 1000, self)

    # ------------------------------------------------------------ sending

    def send(self, encoded: Encoded) -> None:
        """Queue packets; nothing happens once the session has ended."""
        if self.is_open:
            self.channel.send(encoded)

    def send_text(self, data: str) -> None:
        """Raises `LocalProtocolError` for text that holds 0x1e or a lone surrogate."""
        self.send(EncodedPacket(engineio.encode_text(data)))

    def send_binary(self, data: bytes) -> None:
        self.send(EncodedBinary(data))

    # ------------------------------------------------------------ receiving

    def on_frame(self, channel: "WebSocketChannel", data: str | bytes) -> None:
        """A websocket message of the session's own websocket or of the one that wants to become it."""
        if channel is not self.channel:
            self._on_candidate_frame(channel, data)
        elif isinstance(data, bytes):
            self.receiver.on_binary(data)
        elif data.startswith("4"):
            self.receiver.on_text(data[1:])
        else:
            try:
                packet = engineio.decode_packet(data)
            except DecodeError:
                self.end(DisconnectReason.PARSE_ERROR)
            else:
                self.on_packet(packet)

    def on_packets(self, packets: list[engineio.Packet]) -> None:
        """Those of one payload, as far as the session lives."""
        for packet in packets:
            if not self.is_open:
                return
            self.on_packet(packet)

    def on_packet(self, packet: engineio.Packet) -> None:
        match packet:
            case engineio.Text():
                self.receiver.on_text(packet.data)
            case engineio.Binary():
                self.receiver.on_binary(packet.data)
            case engineio.Pong():
                self._on_pong()
            case engineio.Close():
                self.end(DisconnectReason.TRANSPORT_CLOSE, by_client=True)
            case engineio.Noop():
                pass
            case engineio.Ping():
                # Only servers ping in version 4.
                self.end(DisconnectReason.TRANSPORT_ERROR)
            case engineio.Open() | engineio.Upgrade():
                self.end(DisconnectReason.PARSE_ERROR)

    def _on_candidate_frame(self, channel: "WebSocketChannel", data: str | bytes) -> None:
        polling = self.channel
        if self.state is State.PROBING and data == engineio.PROBE and isinstance(polling, PollChannel):
            self._step(Trigger.PROBE)
            channel.send(PROBE_ANSWER)
            polling.on_probed()
        elif self.state is State.PROBED and data == "5" and isinstance(polling, PollChannel):
            self._step(Trigger.UPGRADE)
            self.channel = channel
            self.candidate = None
            channel.on_chosen()
            polling.hand_over(channel)
            self.engine.on_upgraded()
        else:
            self.on_candidate_lost(channel)

    def on_candidate_lost(self, channel: "WebSocketChannel") -> None:
        """The upgrade failed; the session goes on as it was. Closes the websocket."""
        if self.candidate is channel:
            self.candidate = None
            self._step(Trigger.CANDIDATE_LOST)
        channel.close()

    def offer(self, channel: "WebSocketChannel") -> bool:
        """A second websocket came for this sid; False if there is nothing to upgrade."""
        if not self._step(Trigger.CANDIDATE):
            return False
        self.candidate = channel
        return True

    def hold(self) -> None:
        """Take nothing more from the client, until each that held it has released it: the handlers of one
        namespace may be behind longer than those of another."""
        self._holds += 1
        if self._holds == 1:
            self.channel.hold()

    def release_hold(self) -> None:
        self._holds -= 1
        if not self._holds:
            self.channel.release_hold()

    # ------------------------------------------------------------ heartbeat

    def due(self, now_us: int) -> int | None:
        if not self.is_open:
            self.finish()  # the poll that should have been told did not come
        elif self._is_ping_open:
            self.end(DisconnectReason.PING_TIMEOUT)
        else:
            self._is_ping_open = True
            self._ping_us = now_us
            self.channel.send(PING)
            # From when it was due, so that a late timer does not move the deadline; but a process
            # that stood still owes the client its time.
            since_us = self._deadline.at_us if now_us - self._deadline.at_us < STALL_US else now_us
            return since_us + self.engine.config.ping_timeout_ms * 1000
        return None

    def is_overdue(self, now_us: int) -> bool:
        """The pong is missing although the queue of deadlines has not come to it yet."""
        return (
            self._is_ping_open
            and now_us >= self._deadline.at_us
            and not self.engine.deadlines.is_stalled(now_us)
        )

    @property
    def arrived_before_us(self) -> int:
        """What was sent before this instant has arrived, on the monotonic clock; 0 if that is not known."""
        return 0 if self._is_ping_open else self._ping_us

    def _on_pong(self) -> None:
        if not self._is_ping_open:
            return
        self._is_ping_open = False
        engine = self.engine
        now_us = engine.clock.monotonic_us()
        took_us = now_us - self._ping_us
        self.latency_us = took_us if self.latency_us is None else (7 * self.latency_us + took_us) >> 3
        self.last_ping_ms = engine.clock.now_us() // 1000
        engine.deadlines.move(self._deadline, now_us + engine.config.ping_interval_ms * 1000)

    # ------------------------------------------------------------ ending

    def on_channel_lost(self, channel: "WebSocketChannel") -> None:
        """The TCP connection of a websocket is gone, or the client closed it."""
        if channel is self.channel:
            self.end(DisconnectReason.TRANSPORT_CLOSE)
        else:
            self.on_candidate_lost(channel)

    def on_channel_broken(self, channel: "WebSocketChannel") -> None:
        """The client broke a rule of websockets."""
        if channel is self.channel:
            self.end(DisconnectReason.TRANSPORT_ERROR)
        else:
            self.on_candidate_lost(channel)

    def end(self, reason: DisconnectReason, *, by_client: bool = False) -> None:
        """End the session now; only the first call counts.

        The application is told at once. A websocket gets a close frame; a polling client gets what
        was queued with one poll and a close packet with the next.
        """
        if not self.is_open:
            return
        candidate, self.candidate = self.candidate, None
        if candidate is not None:
            candidate.close()
        if self.channel.end(reason, by_client=by_client):
            self._step(Trigger.CLOSE)
            self.engine.deadlines.cancel(self._deadline)
            wait_us = self.engine.config.poll_close_timeout_ms * 1000
            self._deadline = self.engine.deadlines.add(wait_us, self)
        else:
            self.finish()
        self.engine.on_ended(reason)
        self.receiver.on_end(reason)

    def finish(self) -> None:
        """Nobody is left to tell: forget the session."""
        self._step(Trigger.END)
        self.engine.deadlines.cancel(self._deadline)
        self.engine.forget(self)

    def _step(self, trigger: Trigger) -> bool:
        """Take the transition if the table has it."""
        after = TRANSITIONS.get((self.state, trigger))
        if after is None:
            return False
        self.state = after
        self.is_open = after is not State.CLOSED and after is not State.CLOSING
        return True
