"""Long-polling over aiohttp's low-level requests: one handler for a path, no router, no middlewares."""

import asyncio
from collections.abc import Mapping

from aiohttp import web

from kibitz.protocol import engineio
from kibitz.protocol.errors import DecodeError
from kibitz.transport.compression import chosen_coding, compressed_aside
from kibitz.transport.engine import Engine, EngineError, Refusal
from kibitz.transport.handshake import Handshake, HeadError, RequestHead, parse_fields
from kibitz.transport.poll_answer import PollAnswer
from kibitz.transport.poll_channel import PollChannel, Wake
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.session import Session, State

_SERVER = {"Server": "kibitz", "Cache-Control": "no-store"}  # aiohttp's own names versions
_TEXT = {"Content-Type": "text/plain; charset=UTF-8", **_SERVER}
_OK = {"Content-Type": "text/html", **_SERVER}
_JSON = {"Content-Type": "application/json", **_SERVER}


class PollRequests:
    """Answers the HTTP requests of one Engine.IO path that are no websocket upgrades."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._waiting: dict[object, PollChannel] = {}

    def on_connection_lost(self, protocol: object) -> None:
        """aiohttp lost a connection; if a GET waited on it, its session is over."""
        channel = self._waiting.pop(protocol, None)
        if channel is not None:
            channel.on_lost()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer; never raises for anything that the client did."""
        # aiohttp has read the fields; only the opening request is read as strictly as by the acceptor.
        headers = request.headers
        url = request.rel_url
        head = RequestHead(request.method, url.raw_path, url.raw_query_string, headers)
        cors = self.engine.origins.cors_headers(headers)
        if head.method == "OPTIONS":
            return self._preflight(headers, cors)
        found = self.engine.check(head, is_websocket=False)
        if isinstance(found, Refusal):
            return self._answer_refusal(found, cors)
        more = self.engine.more_headers(head, is_first=found is None)
        if more:
            cors = {**cors, **more}
        if found is None:
            return self._open(request, cors)
        if found.is_overdue(self.engine.clock.monotonic_us()):
            found.end(DisconnectReason.PING_TIMEOUT)
            return self._answer_refusal(Refusal(EngineError.UNKNOWN_SID), cors)
        channel = found.channel
        if not isinstance(channel, PollChannel):
            return self._answer_refusal(Refusal(EngineError.BAD_REQUEST), cors)
        stamp = _stamp(head.query_string)
        if head.method == "GET":
            if channel.repeats.is_poll(stamp):
                return await self._payload(channel.repeats.answer, headers, cors)
            return await self._poll(request, found, channel, stamp, cors)
        if head.method == "POST":
            if channel.repeats.is_post(stamp):
                await channel.released()
                return _answer(b"ok", _OK, cors)
            return await self._post(request, headers, found, channel, stamp, cors)
        return self._answer_refusal(Refusal(EngineError.BAD_REQUEST), cors)

    def _open(self, request: web.BaseRequest, cors: Mapping[str, str]) -> web.StreamResponse:
        try:
            fields, head = read_head(request)
        except HeadError:
            return self._answer_refusal(Refusal(EngineError.BAD_REQUEST), cors)
        peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        address = str(peer[0]) if isinstance(peer, tuple) else ""
        refusal = self.engine.admit(address, head.headers)
        if refusal is not None:
            return self._answer_refusal(refusal, cors)
        handshake = Handshake(fields, head.path, head.query_string, address, self.engine.clock.now_us())
        session, body = self.engine.open_polling(handshake)
        cookie = self.engine.config.cookie
        if cookie is not None:
            cors = {**cors, "Set-Cookie": cookie.header(session.sid)}
        return _answer(body, _TEXT, cors)

    def _preflight(self, headers: Mapping[str, str], cors: Mapping[str, str]) -> web.StreamResponse:
        """204 to whatever asks; only an allowed origin finds what it needs in it."""
        more = self.engine.origins.preflight_headers(headers, cors)
        return web.Response(status=204, headers={**cors, **more})

    # ------------------------------------------------------------ GET

    async def _poll(
        self,
        request: web.BaseRequest,
        session: Session,
        channel: PollChannel,
        stamp: str,
        cors: Mapping[str, str],
    ) -> web.StreamResponse:
        if channel.is_waiting:
            # The client gave up its other GET, or runs two of them: packets could be lost either way.
            session.end(DisconnectReason.TRANSPORT_ERROR)
            return self._answer_refusal(Refusal(EngineError.BAD_REQUEST), cors)
        if session.state is State.CLOSING:
            why = Wake.CLOSE if channel.is_empty else Wake.DATA
            if why is Wake.CLOSE:
                session.finish()
        else:
            protocol = request.protocol
            self._waiting[protocol] = channel
            try:
                why = await channel.wait()
            finally:
                self._waiting.pop(protocol, None)
        match why:
            case Wake.DATA:
                packets = channel.take(self.engine.config.poll_packets_max)
            case Wake.NOOP:
                packets = [engineio.NOOP]
            case Wake.CLOSE:
                packets = [*channel.take(self.engine.config.poll_packets_max - 1), engineio.CLOSE]
            case Wake.UPGRADED:
                return self._answer_refusal(Refusal(EngineError.BAD_REQUEST), cors)
            case Wake.LOST:
                session.end(DisconnectReason.TRANSPORT_CLOSE)
                return self._answer_refusal(Refusal(EngineError.BAD_REQUEST), cors)
        body = engineio.SEPARATOR.join(packets)
        self.engine.counters.bytes_out += len(body)
        channel.repeats.polled(stamp, body)
        return await self._payload(body, request.headers, cors)

    async def _payload(
        self, body: bytes, headers: Mapping[str, str], cors: Mapping[str, str]
    ) -> web.StreamResponse:
        least = self.engine.config.compression_bytes_min
        if least is None or len(body) < least:
            return _answer(body, _TEXT, cors)
        vary = ", ".join(filter(None, (cors.get("Vary"), "Accept-Encoding")))
        coding = chosen_coding(headers)
        if coding is None:
            return _answer(body, _TEXT, {**cors, "Vary": vary})
        packed = await compressed_aside(body, coding)
        return _answer(packed, _TEXT, {**cors, "Vary": vary, "Content-Encoding": coding})

    # ------------------------------------------------------------ POST

    async def _post(
        self,
        request: web.BaseRequest,
        headers: Mapping[str, str],
        session: Session,
        channel: PollChannel,
        stamp: str,
        cors: Mapping[str, str],
    ) -> web.StreamResponse:
        bad = Refusal(EngineError.BAD_REQUEST)
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type == "application/octet-stream" or "content-encoding" in headers or channel.is_posting:
            # Two bodies at once have no order; a compressed one has no size that could be checked.
            session.end(DisconnectReason.TRANSPORT_ERROR)
            return self._answer_refusal(bad, cors, must_close=True)
        channel.is_posting = True
        try:
            body = await self._body(request, headers)
        except (TimeoutError, web.RequestPayloadError):
            session.end(DisconnectReason.TRANSPORT_ERROR)
            return self._answer_refusal(bad, cors, must_close=True)
        finally:
            channel.is_posting = False
        if body is None:
            too_large = Refusal(EngineError.BAD_REQUEST, 413, "Payload too large")
            return self._answer_refusal(too_large, cors, must_close=True)
        if not session.is_open:
            return self._answer_refusal(bad, cors)
        try:
            packets = engineio.decode_payload(body, self.engine.config.limits)
        except DecodeError:
            session.end(DisconnectReason.PARSE_ERROR)
            return self._answer_refusal(bad, cors)
        self.engine.counters.bytes_in += len(body)
        channel.repeats.posted(stamp)
        session.on_packets(packets)
        channel.is_posting = True  # a client that did not wait for the answer would never be held
        try:
            await channel.released()
        finally:
            channel.is_posting = False
        if any(isinstance(packet, (engineio.Ping, engineio.Open, engineio.Upgrade)) for packet in packets):
            return self._answer_refusal(bad, cors)  # the session ended at that packet
        return _answer(b"ok", _OK, cors)

    async def _body(self, request: web.BaseRequest, headers: Mapping[str, str]) -> bytes | None:
        """All of it, or None if it is larger than allowed. Raises `TimeoutError`."""
        limit = self.engine.config.max_payload_bytes
        content = request.content
        length = headers.get("content-length")
        if length is not None and (not length.isdecimal() or int(length) > limit):
            return None
        if content.is_eof():
            body = content.read_nowait()
            return body if len(body) <= limit else None
        parts = bytearray()
        async with asyncio.timeout(self.engine.config.body_timeout_ms / 1000):
            while chunk := await content.readany():
                parts += chunk
                if len(parts) > limit:
                    return None
        return bytes(parts)

    def refuse(self, refusal: Refusal, headers: Mapping[str, str]) -> web.StreamResponse:
        """The HTTP answer of a refusal, to a request with these header fields."""
        return self._answer_refusal(refusal, self.engine.origins.cors_headers(headers))

    def _answer_refusal(
        self, refusal: Refusal, cors: Mapping[str, str], *, must_close: bool = False
    ) -> web.StreamResponse:
        response = _answer(refusal.body, {**_JSON, **refusal.headers}, cors, refusal.status)
        if must_close:
            response.force_close()  # the rest of the body is not worth reading
        return response


def read_head(request: web.BaseRequest) -> tuple[bytes, RequestHead]:
    """The header fields as bytes, and the head as the acceptor would have read it. Raises `HeadError`."""
    fields = b"\r\n".join([name + b": " + value for name, value in request.raw_headers])
    url = request.rel_url
    return fields, RequestHead(request.method, url.raw_path, url.raw_query_string, parse_fields(fields))


def _stamp(query: str) -> str:
    """The parameter `t`, by which clients make each request another one; empty where there is none."""
    begin = 2 if query.startswith("t=") else query.find("&t=") + 3
    return query[begin:].partition("&")[0] if begin > 2 or query.startswith("t=") else ""


def _answer(
    body: bytes, headers: Mapping[str, str], cors: Mapping[str, str], status: int = 200
) -> web.StreamResponse:
    if status == 200 and not cors:
        return PollAnswer(body, headers["Content-Type"])
    return web.Response(body=body, status=status, headers={**headers, **cors} if cors else headers)
