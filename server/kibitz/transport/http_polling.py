"""The polling requests that aiohttp reads: those that open sessions, and whatever is not usual in others.

One handler for a path, no router, no middlewares.
"""

import asyncio

from aiohttp import web

from kibitz.transport.engine import EngineError, Refusal
from kibitz.transport.handshake import HeadError, RequestHead, parse_fields
from kibitz.transport.poll_answer import PollAnswer
from kibitz.transport.polling import PollReply, PollRequest, PollRequests

_SERVER = {"Server": "kibitz", "Cache-Control": "no-store"}  # aiohttp's own names versions


class HttpPolling:
    """Answers the requests of one Engine.IO path that are no websocket upgrades."""

    def __init__(self, requests: PollRequests) -> None:
        self.requests = requests
        self._waiting: dict[object, PollRequest] = {}

    def on_connection_lost(self, protocol: object) -> None:
        """aiohttp lost a connection; if a GET waited on it, its session is over."""
        request = self._waiting.pop(protocol, None)
        if request is not None:
            request.lost()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer; never raises for anything that the client did."""
        # aiohttp has read the fields; only the opening request is read as strictly as by the acceptor.
        url = request.rel_url
        head = RequestHead(request.method, url.raw_path, url.raw_query_string, request.headers)
        if head.method == "OPTIONS":
            return web.Response(status=204, headers=self.requests.preflight(head.headers))
        found = self.requests.find(head)
        if isinstance(found, PollReply):
            return response(found)
        if found is None:
            return self._open(request)
        answered: asyncio.Future[PollReply] = asyncio.get_running_loop().create_future()

        def answer(reply: PollReply) -> None:
            if not answered.done():
                answered.set_result(reply)

        if head.method == "GET":
            found.get(answer)
            return response(await self._answer_of_get(request, found, answered))
        if found.begin_post(answer):
            await self._post(request, found)
        return response(await answered)

    async def _answer_of_get(
        self, request: web.BaseRequest, poll: PollRequest, answered: "asyncio.Future[PollReply]"
    ) -> PollReply:
        if answered.done():
            return answered.result()
        protocol = request.protocol
        self._waiting[protocol] = poll
        try:
            return await answered
        finally:
            self._waiting.pop(protocol, None)

    def _open(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            fields, head = read_head(request)
        except HeadError:
            return response(self.requests.refuse(Refusal(EngineError.BAD_REQUEST), request.headers))
        peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        return response(self.requests.open(head, fields, str(peer[0]) if isinstance(peer, tuple) else ""))

    async def _post(self, request: web.BaseRequest, post: PollRequest) -> None:
        post.channel.is_posting = True
        try:
            body = await self._body(request)
        except (TimeoutError, web.RequestPayloadError):
            post.break_off()
            return
        finally:
            post.channel.is_posting = False
        if body is None:
            post.refuse_size()
        else:
            post.post(body)

    async def _body(self, request: web.BaseRequest) -> bytes | None:
        """All of it, or None if it is larger than allowed. Raises `TimeoutError`."""
        config = self.requests.engine.config
        limit = config.max_payload_bytes
        content = request.content
        length = request.headers.get("content-length")
        if length is not None and (not length.isdecimal() or int(length) > limit):
            return None
        if content.is_eof():
            body = content.read_nowait()
            return body if len(body) <= limit else None
        parts = bytearray()
        async with asyncio.timeout(config.body_timeout_ms / 1000):
            while chunk := await content.readany():
                parts += chunk
                if len(parts) > limit:
                    return None
        return bytes(parts)


def read_head(request: web.BaseRequest) -> tuple[bytes, RequestHead]:
    """The header fields as bytes, and the head as the acceptor would have read it. Raises `HeadError`."""
    fields = b"\r\n".join([name + b": " + value for name, value in request.raw_headers])
    url = request.rel_url
    return fields, RequestHead(request.method, url.raw_path, url.raw_query_string, parse_fields(fields))


def response(reply: PollReply) -> web.StreamResponse:
    if reply.status == 200 and not reply.headers and not reply.must_close:
        return PollAnswer(reply.body, reply.media_type)
    headers = {"Content-Type": reply.media_type, **_SERVER, **reply.headers}
    answer = web.Response(body=reply.body, status=reply.status, headers=headers)
    if reply.must_close:
        answer.force_close()
    return answer
