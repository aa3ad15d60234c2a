"""aiohttp's side of the port: the application, the polling requests, and upgrades that come late.

A browser may send its websocket upgrade on a connection that aiohttp keeps alive. Such a request is
answered here too, and the connection then goes over to the same websocket protocol that the acceptor
uses, with whatever aiohttp has read of it.
"""

import asyncio
from collections.abc import Mapping
from typing import cast

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server

from kibitz.transport.config import TransportConfig
from kibitz.transport.engine import Engine, EngineError, Refusal, TcpCount, wants_websocket
from kibitz.transport.handshake import HeadError
from kibitz.transport.heartbeat import Deadlines
from kibitz.transport.http_connection import HttpConnection
from kibitz.transport.http_polling import HttpPolling, read_head, response
from kibitz.transport.poll_connection import PollEntry
from kibitz.transport.polling import PollRequests

_READ_AHEAD_BYTES = 16 * 1024
"""Of a body that nobody has asked for yet; aiohttp stops reading at twice that. With its own 64 KiB, 800
oversize bodies at a time took 96 MiB; with this, 67."""


class EngineRequest(web.BaseRequest):
    """A request on one of our paths."""


class HttpEntry(Server):
    """aiohttp's low-level server, with our paths taken out before the application's router.

    `app_server` is the server that aiohttp made for the application; only its request factory and its
    handler are used.
    """

    shutdown_timeout_s = 5.0

    def __init__(
        self,
        app_server: Server,
        engines: Mapping[str, Engine],
        tcp: TcpCount,
        deadlines: Deadlines,
        config: TransportConfig,
    ) -> None:
        super().__init__(
            self._handle,
            request_factory=self._make,
            access_log=None,
            tcp_keepalive=False,
            keepalive_timeout=config.keepalive_timeout_ms / 1000,
            max_line_size=config.head_bytes_max,
            max_field_size=config.head_bytes_max,
            max_headers=config.head_fields_max,
            read_bufsize=_READ_AHEAD_BYTES,
            auto_decompress=False,  # a small body could become a large one before anybody can check it
        )
        self._app_server = app_server
        self._engines = engines
        requests = {path: PollRequests(engine) for path, engine in engines.items()}
        self._pollings = {path: HttpPolling(each) for path, each in requests.items()}
        self._head_bytes_max = config.head_bytes_max
        self._tcp = tcp
        self.polls = PollEntry(config, requests, self, deadlines, tcp)

    def __call__(self) -> RequestHandler:
        return HttpConnection(self, self._head_bytes_max, loop=self._loop, **self._kwargs)

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self._tcp.lost()
        for polling in self._pollings.values():
            polling.on_connection_lost(handler)

    async def shutdown(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - aiohttp's signature
        self.polls.close()
        await super().shutdown(self.shutdown_timeout_s)

    def _make(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> web.BaseRequest:
        if message.path.partition("?")[0] in self._pollings:
            return EngineRequest(message, payload, protocol, writer, task, self._loop)
        return self._app_server.request_factory(message, payload, protocol, writer, task)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if not isinstance(request, EngineRequest):
            return await self._app_server.request_handler(request)
        polling = self._pollings[request.rel_url.raw_path]
        if "Upgrade" in request.headers:
            answer = self._upgrade(request, polling.requests)
            if answer is not None:
                return answer
        return await polling.handle(request)

    def release(self, http: HttpConnection) -> asyncio.Transport:
        """Take its connection from aiohttp, for which it is lost then. It stays counted."""
        transport = cast("asyncio.Transport", http.transport)
        if not transport.is_closing() and not transport.is_reading():
            transport.resume_reading()
        self._tcp.open += 1
        http.transport = None  # without it aiohttp cannot close it
        http.connection_lost(None)
        return transport

    def _upgrade(self, request: EngineRequest, polls: PollRequests) -> web.StreamResponse | None:
        """None if it asks for something else than a websocket."""
        http = request.protocol
        transport = request.transport
        try:
            fields, head = read_head(request)
        except HeadError:
            return response(polls.refuse(Refusal(EngineError.BAD_REQUEST), {}))
        if not wants_websocket(head.headers):
            return None
        if transport is None:
            return response(polls.refuse(Refusal(EngineError.BAD_REQUEST), {}))
        received = http._message_tail  # noqa: SLF001 - aiohttp has no public name for it
        refusal = polls.engine.upgrade(head, fields, transport, received)
        if refusal is not None:
            return response(polls.refuse(refusal, head.headers))
        self.release(cast("HttpConnection", http))
        return web.Response()
