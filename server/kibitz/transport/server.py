"""The realtime server: one listening socket for websocket, long-polling and the rest of HTTP."""

import asyncio
import secrets
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web
from aiohttp.web_server import Server

from kibitz.clock import Clock, SystemClock
from kibitz.ids import Entropy
from kibitz.transport.acceptor import Acceptor
from kibitz.transport.application import Application
from kibitz.transport.batches import BroadcastConfig, RoomBroadcast
from kibitz.transport.config import SOCKETIO_PROFILE, TransportConfig
from kibitz.transport.door import Door
from kibitz.transport.engine import Admission, Counters, Engine, MoreHeaders, TcpCount
from kibitz.transport.heartbeat import Deadlines
from kibitz.transport.http_entry import HttpEntry
from kibitz.transport.namespace import Namespace
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.outbox import Flusher
from kibitz.transport.parsers import JSON, Parser
from kibitz.transport.recovery import Recovery, RecoveryConfig
from kibitz.transport.session import Receiver, Session
from kibitz.transport.slow_lane import SlowLane

_NOTSENT_LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", 25)
_UNSENT_BYTES_MAX = 16 * 1024
_USER_TIMEOUT = getattr(socket, "TCP_USER_TIMEOUT", None)
UNREAD_MS_MAX = 30_000
"""How long a peer may leave what it was sent unread or unacknowledged. Websockets and feeds have shorter
limits of their own; for other answers aiohttp would wait for ever."""


@dataclass(frozen=True, slots=True)
class ConnectionCounts:
    """Engine.IO sessions by transport, and all TCP connections of the port."""

    websocket: int
    polling: int
    tcp: int


class SocketServer:
    """A Socket.IO v5 server on Engine.IO v4.

    Register namespaces and handlers first, then `listen`. All of it lives on the running loop.
    """

    def __init__(
        self,
        config: TransportConfig = SOCKETIO_PROFILE,
        *,
        origins: OriginPolicy,
        clock: Clock | None = None,
        entropy: Entropy = secrets.token_bytes,
        admission: Admission | None = None,
        parser: Parser = JSON,
        more_headers: MoreHeaders | None = None,
    ) -> None:
        """`parser`: clients have to use the same. `more_headers`: header fields of the application
        in the answers of Engine.IO requests."""
        self.config = config
        self._clock = clock = clock or SystemClock()
        self._origins = origins
        self._entropy = entropy
        self._admission = admission
        self._more_headers = more_headers
        self._deadlines = Deadlines(clock)
        self._flusher = Flusher()
        self._slow_lane = SlowLane(clock)
        self._tcp = TcpCount()
        self._door = Door(config.let_in_per_tick, config.connections_max, self._deadlines)
        self._application = Application(
            entropy,
            parser,
            None if config.recovery is None else partial(self._make_recovery, config.recovery),
        )
        self._engines: dict[str, Engine] = {}
        self._runner: _Runner | None = None
        self._listener: asyncio.Server | None = None
        self._port = 0
        self.serve_engine(config.path, self._application.receive)

    # ------------------------------------------------------------ set up

    def namespace(self, name: str = "/") -> Namespace:
        """The namespace of this name, made at the first call; clients are refused any other.

        Raises `ValueError` for a name that no client can write.
        """
        return self._application.namespace(name)

    def broadcast_to(self, room: str, config: BroadcastConfig, *, namespace: str = "/") -> RoomBroadcast:
        """What is said to a room of a namespace, gathered into batches as `config` says."""
        return RoomBroadcast(
            self.namespace(namespace), room, config, clock=self._clock, deadlines=self._deadlines
        )

    def serve_engine(self, path: str, receiver: Callable[[Session], Receiver]) -> None:
        """Serve bare Engine.IO at another path, before `listen`: `receiver` is made for each session."""
        self._engines[path] = Engine(
            replace(self.config, path=path),
            clock=self._clock,
            origins=self._origins,
            entropy=self._entropy,
            deadlines=self._deadlines,
            flusher=self._flusher,
            slow_lane=self._slow_lane,
            tcp=self._tcp,
            receiver=receiver,
            admission=self._admission,
            more_headers=self._more_headers,
        )

    async def listen(self, app: web.Application, host: str, port: int) -> None:
        """Serve `app` and, at `config.path`, Socket.IO. Runs the app's startup; port 0 takes a free one.

        Raises `OSError` when the address cannot be had; the app has been cleaned up then.
        """
        loop = asyncio.get_running_loop()
        runner = _Runner(app, self._make_entry)
        await runner.setup()
        http = runner.server
        if not isinstance(http, HttpEntry):
            raise RuntimeError("aiohttp's runner did not take our server")
        self._runner = runner
        try:
            self._listener = await loop.create_server(
                lambda: Acceptor(
                    self.config, self._engines, http, http.polls, self._deadlines, self._tcp, self._door
                ),
                host,
                port,
                backlog=self.config.backlog,
            )
        except OSError:
            await self.close()
            raise
        self._deadlines.start(loop)
        self._flusher.start(loop)
        for listening in self._listener.sockets:
            # Accepted sockets inherit it: what the kernel holds unsent is memory that no bound of ours sees,
            # and late by the time that it leaves.
            listening.setsockopt(socket.IPPROTO_TCP, _NOTSENT_LOWAT, _UNSENT_BYTES_MAX)
            if self.config.receive_buffer_bytes is not None:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.config.receive_buffer_bytes)
            if _USER_TIMEOUT is not None:
                listening.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, UNREAD_MS_MAX)
            self._port = listening.getsockname()[1]

    def _make_recovery(self, config: RecoveryConfig) -> Recovery:
        return Recovery(
            config,
            clock=self._clock,
            deadlines=self._deadlines,
            entropy=self._entropy,
            counters=self._engines[self.config.path].counters,
        )

    def _make_entry(self, app_server: Server) -> HttpEntry:
        return HttpEntry(app_server, self._engines, self._tcp, self._deadlines, self.config)

    # ------------------------------------------------------------ in use

    @property
    def port(self) -> int:
        """The port in use, after `listen`."""
        return self._port

    def connections(self) -> ConnectionCounts:
        names = [session.channel.name for session in self.sessions()]
        websocket = names.count("websocket")
        return ConnectionCounts(websocket, len(names) - websocket, self._tcp.open)

    def sessions(self) -> Iterator[Session]:
        """All Engine.IO sessions of all paths."""
        for engine in self._engines.values():
            yield from engine.sessions.values()

    @property
    def counters(self) -> Counters:
        """Those of the Socket.IO path."""
        return self._engines[self.config.path].counters

    def totals(self) -> dict[str, int]:
        """Everything that was counted since the start, by name, for a scrape of metrics."""
        faults = sum(namespace.faults for namespace in self._application.namespaces.values())
        return {**self.counters.totals(), "handler_faults": faults}

    # ------------------------------------------------------------ end

    def stop_accepting(self) -> None:
        """Refuse new connections from now on (the first step of draining); existing ones stay."""
        if self._listener is not None:
            self._listener.close()

    async def close(self, *, timeout_ms: int = 5_000) -> None:
        """Stop accepting, end every session with `server shutting down`, then shut the app down.

        Requests in work and closing handshakes get up to `timeout_ms`. May be called twice.
        """
        self.stop_accepting()
        for engine in self._engines.values():
            engine.close()
        # Again and again, because the end of a handler begins the next of its socket.
        while tasks := [task for each in self._application.namespaces.values() for task in each.tasks]:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        runner, self._runner = self._runner, None
        if runner is not None:
            if isinstance(runner.server, HttpEntry):
                runner.server.shutdown_timeout_s = timeout_ms / 1000
            await runner.cleanup()
        if not await self._tcp.wait_idle(timeout_ms / 1000):
            self._deadlines.expire_all()
        self._deadlines.stop()


class _Runner(web.AppRunner):
    """Starts and stops the application, with our server in the place of aiohttp's."""

    def __init__(self, app: web.Application, make_entry: Callable[[Server], HttpEntry]) -> None:
        super().__init__(app, handle_signals=False, access_log=None)
        self._make_entry = make_entry

    async def _make_server(self) -> Server:
        return self._make_entry(await super()._make_server())
