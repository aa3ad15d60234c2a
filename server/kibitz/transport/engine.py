"""The Engine.IO server of one path: who may open a session, and all sessions there are.

Both entries come here: websocket upgrades from the acceptor, and whatever aiohttp got. The order of
the checks and the numbers of the errors are those that clients know (docs/protocol.md, Transport).
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import Protocol
from urllib.parse import parse_qsl

import msgspec

from kibitz.clock import Clock
from kibitz.ids import Entropy, Sid, random_token
from kibitz.protocol import engineio
from kibitz.protocol.websocket import accept_key
from kibitz.transport.broadcast import EncodedPacket
from kibitz.transport.config import TransportConfig
from kibitz.transport.handshake import Handshake, Headers, RequestHead
from kibitz.transport.heartbeat import Deadlines
from kibitz.transport.origins import OriginPolicy, Verdict
from kibitz.transport.outbox import Flusher
from kibitz.transport.poll_channel import PollChannel
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.session import Receiver, Session
from kibitz.transport.slow_lane import SlowLane
from kibitz.transport.websocket import WebSocketChannel

logger = logging.getLogger("kibitz.transport")


class EngineError(IntEnum):
    """The `code` of an error's JSON body. Source: the reference implementation of Engine.IO v4."""

    UNKNOWN_TRANSPORT = 0
    UNKNOWN_SID = 1
    BAD_HANDSHAKE_METHOD = 2
    BAD_REQUEST = 3
    FORBIDDEN = 4
    UNSUPPORTED_VERSION = 5


_TEXTS = {
    EngineError.UNKNOWN_TRANSPORT: "Transport unknown",
    EngineError.UNKNOWN_SID: "Session ID unknown",
    EngineError.BAD_HANDSHAKE_METHOD: "Bad handshake method",
    EngineError.BAD_REQUEST: "Bad request",
    EngineError.FORBIDDEN: "Forbidden",
    EngineError.UNSUPPORTED_VERSION: "Unsupported protocol version",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP answer instead of what was asked for. `detail` takes the place of the code's own text."""

    code: EngineError
    status: int = 400
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return msgspec.json.encode({"code": int(self.code), "message": self.detail or _TEXTS[self.code]})


class TcpCount:
    """TCP connections open on the server's port."""

    __slots__ = ("_idle", "open")

    def __init__(self) -> None:
        self.open = 0
        self._idle: asyncio.Event | None = None

    def lost(self) -> None:
        self.open -= 1
        if not self.open and self._idle is not None:
            self._idle.set()

    async def wait_idle(self, timeout_s: float) -> bool:
        """Until none is open; False after the timeout."""
        if self.open:
            self._idle = asyncio.Event()
            try:
                await asyncio.wait_for(self._idle.wait(), timeout_s)
            except TimeoutError:
                return False
        return True


@dataclass(slots=True)
class Counters:
    """Plain integers, counted on the hot paths and read at a scrape."""

    sessions_opened: int = 0
    bytes_in: int = 0
    """Of realtime connections: websocket frames and polled payloads, `bytes_out` those that were written."""
    bytes_out: int = 0
    upgrades: int = 0
    handshakes_refused: int = 0
    ended: dict[DisconnectReason, int] = field(default_factory=lambda: dict.fromkeys(DisconnectReason, 0))
    volatile_dropped: int = 0
    state_deferred: int = 0
    """States that could not be written at once; `replaced` by a newer one, `rendered` later."""
    state_replaced: int = 0
    state_rendered: int = 0
    slow_bytes: int = 0
    """Outboxes that went beyond their bound in bytes, or (`slow_time`) in time."""
    slow_time: int = 0
    recovered: int = 0
    """Sessions that went on after a lost connection, and (`not_recovered`) those that asked in vain."""
    not_recovered: int = 0

    def totals(self) -> dict[str, int]:
        """All of them by name, `ended_<reason>` for each reason; for a scrape."""
        totals = asdict(self)
        ended = totals.pop("ended")
        for reason, count in ended.items():
            totals[f"ended_{reason.replace(' ', '_')}"] = count
        return totals


class Admission(Protocol):
    """Decides how often one address may open a session."""

    def wait_ms(self, peer: str, headers: Headers) -> int:
        """0 lets it in; otherwise it may come back after that many milliseconds."""
        ...


MoreHeaders = Callable[[RequestHead, bool], Mapping[str, str]]
"""`(head, is_first)`: header fields to add to the answer of a request; `is_first` for the one that opens a
session, by polling or by websocket."""


class Engine:
    """Sessions of one path. `receiver` makes the application of a new session."""

    def __init__(
        self,
        config: TransportConfig,
        *,
        clock: Clock,
        origins: OriginPolicy,
        entropy: Entropy,
        deadlines: Deadlines,
        flusher: Flusher,
        slow_lane: SlowLane,
        tcp: TcpCount,
        receiver: Callable[[Session], Receiver],
        admission: Admission | None = None,
        more_headers: MoreHeaders | None = None,
    ) -> None:
        self.config = config
        self.clock = clock
        self.origins = origins
        self.deadlines = deadlines
        self.flusher = flusher
        self.slow_lane = slow_lane
        self.tcp = tcp
        self.sessions: dict[Sid, Session] = {}
        self.counters = Counters()
        self._entropy = entropy
        self._receiver = receiver
        self._admission = admission
        self._more_headers = more_headers
        self._is_closed = False

    # ------------------------------------------------------------ admission

    def check(self, head: RequestHead, *, is_websocket: bool) -> Refusal | Session | None:
        """Who asks: an existing session, None for a new one that may be opened, or a refusal."""
        verdict = self.origins.judge(head.headers, is_websocket=is_websocket)
        if verdict is not Verdict.ALLOWED:
            return self._refuse(EngineError.FORBIDDEN, 403, verdict.value)
        query = _parse_query(head.query_string)
        transport = query.get("transport")
        if transport != "polling" and transport != "websocket":
            return self._refuse(EngineError.UNKNOWN_TRANSPORT)
        sid = query.get("sid")
        if sid is not None:
            session = self.sessions.get(Sid(sid))
            if session is None:
                return self._refuse(EngineError.UNKNOWN_SID)
            if is_websocket is not (transport == "websocket"):
                return self._refuse(EngineError.BAD_REQUEST)
            return session
        if head.method != "GET":
            return self._refuse(EngineError.BAD_HANDSHAKE_METHOD)
        if is_websocket is not (transport == "websocket") or "j" in query:
            return self._refuse(EngineError.BAD_REQUEST)
        if query.get("EIO") != engineio.PROTOCOL_VERSION:
            return self._refuse(EngineError.UNSUPPORTED_VERSION)
        if self._is_closed or len(self.sessions) >= self.config.sessions_max:
            return Refusal(EngineError.FORBIDDEN, 503, "Server is full or closing", {"Retry-After": "2"})
        return None

    def admit(self, peer: str, headers: Headers) -> Refusal | None:
        """The last question before a new session is opened. `peer` is the address of the TCP peer."""
        wait_ms = 0 if self._admission is None else self._admission.wait_ms(peer, headers)
        if not wait_ms:
            return None
        self.counters.handshakes_refused += 1
        retry = {"Retry-After": str(-(-wait_ms // 1000))}
        return Refusal(EngineError.FORBIDDEN, 429, "Too many sessions from this address", retry)

    def more_headers(self, head: RequestHead, *, is_first: bool) -> Mapping[str, str]:
        """What the application adds to the answer of a request. A hook that fails adds nothing."""
        if self._more_headers is None:
            return {}
        try:
            more = self._more_headers(head, is_first)
            for name, value in more.items():
                if not _is_header(name, value):
                    raise ValueError(f"no header: {name!r}: {value!r}")
        except Exception:
            logger.exception("the hook for headers failed")
            return {}
        return more

    def _refuse(self, code: EngineError, status: int = 400, detail: str = "") -> Refusal:
        self.counters.handshakes_refused += 1
        return Refusal(code, status, detail)

    # ------------------------------------------------------------ opening

    def open_polling(self, handshake: Handshake) -> tuple[Session, bytes]:
        """A new session and its first packet, the answer to the opening GET."""
        channel = PollChannel(self.flusher)
        session = self._open(handshake, channel)
        channel.session = session
        session.receiver = self._receiver(session)
        return session, self._open_packet(session, upgrades=("websocket",))

    def upgrade(
        self, head: RequestHead, fields: bytes, transport: asyncio.Transport, received: bytes
    ) -> Refusal | None:
        """A websocket handshake: take the connection over, or say why not.

        `fields` are the bytes of the header fields, `received` what came behind the head.
        """
        accept = _accept(head)
        if isinstance(accept, Refusal):
            return accept
        found = self.check(head, is_websocket=True)
        if isinstance(found, Refusal):
            return found
        is_text_only = "b64=1" in head.query_string.split("&")
        channel = WebSocketChannel(self, is_text_only=is_text_only)
        for name, value in self.more_headers(head, is_first=found is None).items():
            accept = b"%b%b: %b\r\n\r\n" % (accept[:-2], name.encode(), value.encode("latin-1"))
        if found is None:
            peer = transport.get_extra_info("peername")
            address = str(peer[0]) if isinstance(peer, tuple) else ""
            refusal = self.admit(address, head.headers)
            if refusal is not None:
                return refusal
            handshake = Handshake(fields, head.path, head.query_string, address, self.clock.now_us())
            session = self._open(handshake, channel)
            channel.session = session
            channel.start(transport, accept)
            channel.send(EncodedPacket(self._open_packet(session, upgrades=())))
            session.receiver = self._receiver(session)
        else:
            channel.start(transport, accept)
            if found.offer(channel):
                channel.wait_for_upgrade(found)
            else:
                channel.close()
        if received:
            channel.data_received(received)
        return None

    def _open(self, handshake: Handshake, channel: PollChannel | WebSocketChannel) -> Session:
        sid = Sid(random_token(16, self._entropy))
        session = Session(self, sid, handshake, channel)
        self.sessions[sid] = session
        self.counters.sessions_opened += 1
        return session

    def _open_packet(self, session: Session, *, upgrades: tuple[str, ...]) -> bytes:
        config = self.config
        return b"0" + msgspec.json.encode(
            {
                "sid": session.sid,
                "upgrades": upgrades,
                "pingInterval": config.ping_interval_ms,
                "pingTimeout": config.ping_timeout_ms,
                "maxPayload": config.max_payload_bytes,
            }
        )

    # ------------------------------------------------------------ sessions report

    def on_upgraded(self) -> None:
        self.counters.upgrades += 1

    def on_ended(self, reason: DisconnectReason) -> None:
        self.counters.ended[reason] += 1

    def forget(self, session: Session) -> None:
        self.sessions.pop(session.sid, None)

    def close(self) -> None:
        """End every session and take no new one."""
        self._is_closed = True
        for session in list(self.sessions.values()):
            session.end(DisconnectReason.SHUTTING_DOWN)


def _is_header(name: str, value: str) -> bool:
    """One field of an answer, and not the end of the head."""
    is_token = name.isascii() and name.replace("-", "").isalnum()
    return is_token and not any(ord(char) < 32 or ord(char) > 255 or ord(char) == 127 for char in value)


def _parse_query(query_string: str) -> dict[str, str]:
    """The last value of each key. Polling parses one for each request, so the plain case is fast."""
    if "%" in query_string or "+" in query_string:
        return dict(parse_qsl(query_string, keep_blank_values=True))
    pairs = [pair.partition("=") for pair in query_string.split("&")]
    return {name: value for name, _, value in pairs}


def _accept(head: RequestHead) -> bytes | Refusal:
    """The 101 answer to a websocket handshake. Source: RFC 6455, section 4.2."""
    headers = head.headers
    if headers.get("sec-websocket-version") != "13":
        return Refusal(
            EngineError.BAD_REQUEST, 426, "WebSocket version 13 only", {"Sec-WebSocket-Version": "13"}
        )
    key = accept_key(headers.get("sec-websocket-key", ""))
    if key is None or head.method != "GET" or "host" not in headers:
        return Refusal(EngineError.BAD_REQUEST)
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        # A body would be read as frames here and as a body by a proxy before us.
        return Refusal(EngineError.BAD_REQUEST)
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + key.encode() + b"\r\n\r\n"
    )


def wants_websocket(headers: Mapping[str, str]) -> bool:
    """The request asks for a websocket, by whatever entry it came."""
    upgrade = [part.strip().lower() for part in headers.get("upgrade", "").split(",")]
    connection = [part.strip().lower() for part in headers.get("connection", "").split(",")]
    return "websocket" in upgrade and "upgrade" in connection
