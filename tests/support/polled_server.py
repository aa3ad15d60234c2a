"""A server that is polled, with an application behind it, and what stands in front of aiohttp there."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from kibitz.transport.acceptor import Acceptor
from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.echo import EngineEcho
from kibitz.transport.handshake import RequestHead
from kibitz.transport.http_entry import HttpEntry
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.server import SocketServer
from support.engineio_wire import ENGINE_PATH, Poller
from support.memory_wire import MemoryWire

CONFIG = replace(SOCKETIO_PROFILE, keepalive_timeout_ms=400)
BY_AIOHTTP = {"TE": "trailers"}
"""A field that no client of ours sends, and that changes nothing."""


def hook(head: RequestHead, is_first: bool) -> Mapping[str, str]:
    return {"X-Path": head.path} if "x-hook" in head.headers else {}


async def make(origins: OriginPolicy | None = None) -> SocketServer:
    async def read(request: web.Request) -> web.Response:
        return web.Response(body=request.method.encode() + b":" + await request.read())

    app = web.Application()
    app.router.add_route("*", "/rest", read)
    server = SocketServer(CONFIG, origins=origins or OriginPolicy.any(), more_headers=hook)
    server.serve_engine(ENGINE_PATH, EngineEcho)
    await server.listen(app, "127.0.0.1", 0)
    return server


def entry_of(server: SocketServer) -> HttpEntry:
    assert server._runner is not None
    entry = server._runner.server
    assert isinstance(entry, HttpEntry)
    return entry


def in_front(server: SocketServer) -> int:
    """Connections that aiohttp does not have."""
    return len(entry_of(server).polls.connections)


async def until_in_front(server: SocketServer, count: int) -> None:
    async with asyncio.timeout(2):
        while in_front(server) != count:  # noqa: ASYNC110 - nothing tells when a connection is lost
            await asyncio.sleep(0.001)


def wire_head(poller: Poller) -> bytes:
    return f"GET {poller.target()} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def memory_wire(server: SocketServer) -> MemoryWire:
    """A connection that has just been accepted, without a socket."""
    http = entry_of(server)
    wire = MemoryWire()
    acceptor = Acceptor(
        server.config, server._engines, http, http.polls, server._deadlines, server._tcp, server._door
    )
    wire.set_protocol(acceptor)
    acceptor.connection_made(wire)
    return wire
