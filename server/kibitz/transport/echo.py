"""A bare server without any game: `python -m kibitz.transport.echo --port 3000`.

Set up as the protocols' public conformance suites want it: Engine.IO echo at `/engine.io/`, Socket.IO
at `/socket.io/` with the namespaces `/` and `/custom`. `enter` and `flood` are for benchmarks.
"""

import argparse
import asyncio
import contextlib
import gc
import os
import signal
import sys
from dataclasses import replace

from aiohttp import web

from kibitz.clock import SystemClock
from kibitz.protocol.errors import LocalProtocolError
from kibitz.transport.config import SOCKETIO_PROFILE, TransportConfig
from kibitz.transport.namespace import Namespace
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.parsers import JSON, MSGPACK, Parser
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.recovery import RecoveryConfig
from kibitz.transport.server import SocketServer
from kibitz.transport.session import Session
from kibitz.transport.socket import Ack, Socket

FLOOD_COUNT_MAX = 1_000_000


class EngineEcho:
    """Sends every message back, text as text and binary as binary."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def on_text(self, data: str) -> None:
        try:
            self._session.send_text(data)
        except LocalProtocolError:
            self._session.end(DisconnectReason.PARSE_ERROR)

    def on_binary(self, data: bytes) -> None:
        self._session.send_binary(data)

    def on_end(self, reason: DisconnectReason) -> None:
        pass


def send_auth(socket: Socket, auth: dict[str, object]) -> None:
    socket.emit("auth", auth)


def message(socket: Socket, args: list[object], ack: Ack | None) -> None:
    socket.emit("message-back", *args)


def message_with_ack(socket: Socket, args: list[object], ack: Ack | None) -> None:
    if ack is not None:
        ack(*args)


def ask(socket: Socket, args: list[object], ack: Ack | None) -> None:
    """`ask`, arguments: the server asks back with the event `asked` and acknowledges with the answer."""

    def answered(future: "asyncio.Future[list[object]]") -> None:
        if not future.cancelled() and future.exception() is None and ack is not None:
            ack(*future.result())

    socket.emit_with_ack("asked", *args).add_done_callback(answered)


def kick(socket: Socket, args: list[object], ack: Ack | None) -> None:
    """`kick`, close = false: disconnects the client from the namespace, or altogether."""
    socket.disconnect(close=args[:1] == [True])


def enter(socket: Socket, args: list[object], ack: Ack | None) -> None:
    """`enter`, room: take part in its floods."""
    if args and isinstance(args[0], str):
        socket.enter(args[0])
    if ack is not None:
        ack()


def volatile(socket: Socket, args: list[object], ack: Ack | None) -> None:
    """`volatile`, arguments: comes back as `message-back` if it can leave now."""
    socket.emit_volatile("message-back", *args)


def say(socket: Socket, args: list[object], ack: Ack | None) -> None:
    """`say`, room, arguments: the event `said` to everybody in the room but the sender."""
    if args and isinstance(args[0], str):
        socket.to(args[0]).emit("said", *args[1:])
    if ack is not None:
        ack()


def flood(socket: Socket, args: list[object], ack: Ack | None) -> None:
    """`flood`, room, count, payload, per_turn = 5: `count` broadcasts of `flooded`, so many a loop turn.

    Acknowledged with the count when the last one is queued. Each broadcast is encoded by itself, as
    different events would be.
    """
    match args:
        case [str() as room, int() as count, payload]:
            per_turn = 5
        case [str() as room, int() as count, payload, int() as per_turn] if per_turn > 0:
            pass
        case _:
            return
    namespace = socket.namespace
    left = min(count, FLOOD_COUNT_MAX)
    loop = asyncio.get_running_loop()

    def turn() -> None:
        nonlocal left
        for _ in range(min(per_turn, left)):
            namespace.broadcast(room, namespace.encode("flooded", payload))
        left -= per_turn
        if left > 0:
            loop.call_soon(turn)
        elif ack is not None:
            ack(count)

    turn()


def register(main: Namespace, custom: Namespace) -> None:
    main.on_connect(send_auth)
    custom.on_connect(send_auth)
    main.on("message", message)
    main.on("message-with-ack", message_with_ack)
    main.on("ask", ask)
    main.on("kick", kick)
    main.on("enter", enter)
    main.on("say", say)
    main.on("volatile", volatile)
    main.on("flood", flood)


def make_server(config: TransportConfig, parser: Parser = JSON) -> SocketServer:
    """Any origin may use it."""
    server = SocketServer(config, clock=SystemClock(), origins=OriginPolicy.any(), parser=parser)
    server.serve_engine("/engine.io/", EngineEcho)
    register(server.namespace("/"), server.namespace("/custom"))
    if config.recovery is not None:
        quiet = server.namespace("/quiet")  # where nothing is sent at the connection
        quiet.on("enter", enter)
        quiet.on("say", say)
    return server


async def serve(config: TransportConfig, port: int, parser: Parser = JSON) -> None:
    """Until SIGINT or SIGTERM. Raises `OSError` if the port is in use."""
    server = make_server(config, parser)
    await server.listen(web.Application(), "127.0.0.1", port)
    # Requests make garbage that dies young; what is here now stays.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print(f"listening on http://127.0.0.1:{server.port}", flush=True)
    await stop.wait()
    await server.close(timeout_ms=1_000)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m kibitz.transport.echo", description=__doc__)
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--ping-interval-ms", type=int, default=300)
    parser.add_argument("--ping-timeout-ms", type=int, default=200)
    parser.add_argument("--max-payload-bytes", type=int, default=1_000_000)
    parser.add_argument("--connections-max", type=int, default=SOCKETIO_PROFILE.connections_max)
    parser.add_argument("--msgpack", action="store_true", help="socket.io-msgpack-parser")
    parser.add_argument("--recovery", action="store_true", help="connection state recovery")
    options = parser.parse_args(arguments)
    config = replace(
        SOCKETIO_PROFILE,
        ping_interval_ms=options.ping_interval_ms,
        ping_timeout_ms=options.ping_timeout_ms,
        connect_timeout_ms=1_000,
        connections_max=options.connections_max,
        sessions_max=max(SOCKETIO_PROFILE.sessions_max, options.connections_max),
        recovery=RecoveryConfig() if options.recovery else None,
        limits=replace(SOCKETIO_PROFILE.limits, max_payload_bytes=options.max_payload_bytes),
    )
    runner = asyncio.Runner(loop_factory=_loop_factory())
    try:
        with runner:
            runner.run(serve(config, options.port, MSGPACK if options.msgpack else JSON))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        print(f"cannot listen on port {options.port}: {reason}", file=sys.stderr)
        return 1
    return 0


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    """uvloop's where it is installed; it is not on every system."""
    with contextlib.suppress(ImportError):
        import uvloop

        return uvloop.Loop
    return None


if __name__ == "__main__":
    sys.exit(main())
