"""Long-polling, whoever reads the HTTP: what a request does, and what it is answered.

Two ways lead here: `poll_connection` reads the usual request by itself, `http_polling` has it from aiohttp.
"""

from collections.abc import Callable, Mapping

import msgspec

from kibitz.protocol import engineio
from kibitz.protocol.errors import DecodeError
from kibitz.transport.compression import Coding, chosen_coding, compress_then
from kibitz.transport.engine import Engine, EngineError, Refusal
from kibitz.transport.handshake import Handshake, Headers, RequestHead
from kibitz.transport.poll_channel import PollChannel, Wake
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.session import Session, State

TEXT = "text/plain; charset=UTF-8"
_HTML = "text/html"
_JSON = "application/json"
_BAD = Refusal(EngineError.BAD_REQUEST)


class PollReply(msgspec.Struct, frozen=True):
    """An HTTP answer; `headers` beside the ones that every answer has. After `must_close` the connection
    ends: the rest of the request's body is not worth reading."""

    body: bytes
    media_type: str = TEXT
    status: int = 200
    headers: Mapping[str, str] = {}
    must_close: bool = False


Answer = Callable[[PollReply], None]


def refused(refusal: Refusal, more: Mapping[str, str], *, must_close: bool = False) -> PollReply:
    """The answer that says so; `more` are the header fields of every answer to this client."""
    headers = {**refusal.headers, **more}
    return PollReply(refusal.body, _JSON, refusal.status, headers, must_close)


class PollRequests:
    """The requests of one Engine.IO path that are no websocket upgrades."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def find(self, head: RequestHead) -> "PollRequest | PollReply | None":
        """A request of a session, or the answer that refuses it; None where it would open a session."""
        engine = self.engine
        found = engine.check(head, is_websocket=False)
        if found is None:
            return None
        cors = engine.origins.cors_headers(head.headers)
        if isinstance(found, Refusal):
            return refused(found, cors)
        more = engine.more_headers(head, is_first=False)
        if more:
            cors = {**cors, **more}
        if found.is_overdue(engine.clock.monotonic_us()):
            found.end(DisconnectReason.PING_TIMEOUT)
            return refused(Refusal(EngineError.UNKNOWN_SID), cors)
        channel = found.channel
        if not isinstance(channel, PollChannel) or (head.method != "GET" and head.method != "POST"):
            return refused(_BAD, cors)
        return PollRequest(engine, found, channel, head, cors)

    def open(self, head: RequestHead, fields: bytes, address: str) -> PollReply:
        """A new session for whom `find` gave None. `fields` are the bytes of the header fields."""
        engine = self.engine
        cors = engine.origins.cors_headers(head.headers)
        cors = {**cors, **engine.more_headers(head, is_first=True)}
        refusal = engine.admit(address, head.headers)
        if refusal is not None:
            return refused(refusal, cors)
        handshake = Handshake(fields, head.path, head.query_string, address, engine.clock.now_us())
        session, body = engine.open_polling(handshake)
        cookie = engine.config.cookie
        if cookie is not None:
            cors = {**cors, "Set-Cookie": cookie.header(session.sid)}
        return PollReply(body, headers=cors)

    def preflight(self, headers: Headers) -> Mapping[str, str]:
        """Header fields of a 204 to whatever asks; only an allowed origin finds what it needs in it."""
        cors = self.engine.origins.cors_headers(headers)
        return {**cors, **self.engine.origins.preflight_headers(headers, cors)}

    def refuse(self, refusal: Refusal, headers: Headers) -> PollReply:
        """The answer to a request with these header fields."""
        return refused(refusal, self.engine.origins.cors_headers(headers))


class PollRequest:
    """A request within a session: `get` or `post` carries it out and calls `answer` once, now or later.

    `lost` tells that its connection is gone before that.
    """

    __slots__ = ("_answer", "_more", "_stamp", "channel", "engine", "head", "session")

    def __init__(
        self,
        engine: Engine,
        session: Session,
        channel: PollChannel,
        head: RequestHead,
        more: Mapping[str, str],
    ) -> None:
        self.engine = engine
        self.session = session
        self.channel = channel
        self.head = head
        self._more = more
        self._stamp = _stamp(head.query_string)
        self._answer: Answer = _nobody

    def lost(self) -> None:
        self.channel.on_lost(self)

    # ------------------------------------------------------------ GET

    def get(self, answer: Answer) -> None:
        self._answer = answer
        channel, session = self.channel, self.session
        if channel.repeats.is_poll(self._stamp):
            self._tell(channel.repeats.answer)
        elif channel.is_writable:
            # The client gave up its other GET, or runs two of them: packets could be lost either way.
            session.end(DisconnectReason.TRANSPORT_ERROR)
            self._refuse()
        elif session.state is not State.CLOSING:
            channel.wait(self)
        elif channel.is_empty:
            session.finish()
            self.woken(channel.farewell)
        else:
            self.woken(Wake.DATA)

    def woken(self, why: Wake) -> None:
        channel = self.channel
        packets_max = self.engine.config.poll_packets_max
        match why:
            case Wake.DATA:
                packets = channel.take(packets_max)
            case Wake.NOOP:
                packets = [engineio.NOOP]
            case Wake.CLOSE:
                packets = [*channel.take(packets_max - 1), engineio.CLOSE]
            case Wake.UPGRADED:
                self._refuse()
                return
            case Wake.LOST:
                self.session.end(DisconnectReason.TRANSPORT_CLOSE)
                self._refuse()
                return
        body = engineio.SEPARATOR.join(packets)
        self.engine.counters.bytes_out += len(body)
        channel.repeats.polled(self._stamp, body)
        self._tell(body)

    def _tell(self, body: bytes) -> None:
        least = self.engine.config.compression_bytes_min
        if least is None or len(body) < least:
            self._answer(PollReply(body, headers=self._more))
            return
        vary = {"Vary": ", ".join(filter(None, (self._more.get("Vary"), "Accept-Encoding")))}
        coding: Coding | None = chosen_coding(self.head.headers)
        if coding is None:
            self._answer(PollReply(body, headers={**self._more, **vary}))
            return
        headers = {**self._more, **vary, "Content-Encoding": coding}
        compress_then(body, coding, lambda packed: self._answer(PollReply(packed, headers=headers)))

    def _refuse(self) -> None:
        self._answer(refused(_BAD, self._more))

    # ------------------------------------------------------------ POST

    def begin_post(self, answer: Answer) -> bool:
        """Before the body is read. False where it need not be: it is answered then, or will be."""
        self._answer = answer
        channel = self.channel
        if channel.repeats.is_post(self._stamp):
            channel.when_released(self._accept)
            return False
        headers = self.head.headers
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type == "application/octet-stream" or "content-encoding" in headers or channel.is_posting:
            # Two bodies at once have no order; a compressed one has no size that could be checked.
            self.break_off()
            return False
        return True

    def break_off(self) -> None:
        """What comes of the body is not what was announced, comes too late, or may not come."""
        self.session.end(DisconnectReason.TRANSPORT_ERROR)
        self._answer(refused(_BAD, self._more, must_close=True))

    def refuse_size(self) -> None:
        too_large = Refusal(EngineError.BAD_REQUEST, 413, "Payload too large")
        self._answer(refused(too_large, self._more, must_close=True))

    def post(self, body: bytes) -> None:
        """After `begin_post`: the body is complete."""
        session, channel = self.session, self.channel
        if not session.is_open:
            self._refuse()
            return
        try:
            packets = engineio.decode_payload(body, self.engine.config.limits)
        except DecodeError:
            session.end(DisconnectReason.PARSE_ERROR)
            self._refuse()
            return
        self.engine.counters.bytes_in += len(body)
        channel.repeats.posted(self._stamp)
        session.on_packets(packets)
        if any(isinstance(packet, (engineio.Ping, engineio.Open, engineio.Upgrade)) for packet in packets):
            self._refuse()  # the session ended at that packet
        else:
            channel.is_posting = True  # a client that did not wait for the answer would never be held
            channel.when_released(self._posted)

    def _posted(self) -> None:
        self.channel.is_posting = False
        self._accept()

    def _accept(self) -> None:
        self._answer(PollReply(b"ok", _HTML, headers=self._more))


def _nobody(reply: PollReply) -> None:
    raise RuntimeError("a request was answered before it was asked")


def _stamp(query: str) -> str:
    """The parameter `t`, by which clients make each request another one; empty where there is none."""
    begin = 2 if query.startswith("t=") else query.find("&t=") + 3
    return query[begin:].partition("&")[0] if begin > 2 or query.startswith("t=") else ""
