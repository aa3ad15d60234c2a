"""One connection from its CONNECT to its end: requests and their answers, events, the heartbeat.

The server pings; a client that hears no ping for interval + timeout knows that the link is gone,
also where the system below says nothing (a half-open TCP connection). A connection is never used
again: `link` opens the next one.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, assert_never

import msgspec
from msgspec import Struct

from kibitz.client.errors import (
    AnswerTimeout,
    ClientError,
    ConnectionLost,
    Refused,
    UnexpectedAnswer,
    WireClosed,
)
from kibitz.client.timers import Timer, Timers
from kibitz.client.wires import Transport, Wire
from kibitz.codes import Code
from kibitz.protocol import engineio, socketio, socketio_encoder
from kibitz.protocol.errors import ProtocolError
from kibitz.protocol.messages import SERVER_EVENTS, Frame

CONNECT_TIMEOUT_MS = 10_000
NAMESPACE = "/"

OnAnswer = Callable[[object], None]
"""Called once with the answer as decoded from JSON, or with a `ConnectionLost` or `AnswerTimeout`."""
OnEvent = Callable[[str, Struct], None]
"""Called with the name of an event and its message, a type of `SERVER_EVENTS`."""

_SHAPES: socketio.Shapes = {
    NAMESPACE: {
        name: msgspec.json.Decoder(tuple[str, message])  # type: ignore[valid-type]
        for name, message in SERVER_EVENTS.items()
        if message is not Frame  # has an attachment, which comes in a packet of its own
    }
}


class _Waiting(Struct):
    on_answer: OnAnswer
    timer: Timer


class Connection:
    """Open it with `connect`; it works until `ended` returns why it is over."""

    def __init__(self, wire: Wire, on_event: OnEvent, timers: Timers) -> None:
        self._wire = wire
        self._on_event = on_event
        self._timers = timers
        self._decoder = socketio.PacketDecoder(shapes=_SHAPES)
        self._outgoing: list[engineio.Packet] = []
        self._has_outgoing = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._over: asyncio.Future[str] = loop.create_future()
        self._accepted: asyncio.Future[None] = loop.create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: dict[int, _Waiting] = {}
        self._next_id = 0
        self._is_closing = False
        self._watchdog = self._expect_ping()
        self.was_ended_by_server = False
        """The server ended the namespace on purpose, so it does not want us back."""
        self.unknown_events = 0
        """Events whose name or message this version of the SDK does not know; they are ignored."""

    @property
    def transport(self) -> Transport:
        return self._wire.transport

    async def connect(self, auth: dict[str, object]) -> None:
        """Ask for the namespace. Raises `Refused`, `ConnectionLost`, `AnswerTimeout`."""
        self._tasks = [self._start(self._receive()), self._start(self._send())]
        self._put(socketio_encoder.encode_connect(NAMESPACE, auth))
        timer = self._timers.call_later(CONNECT_TIMEOUT_MS, self._connect_timed_out)
        try:
            await self._accepted
        finally:
            timer.cancel()

    def request(self, event: str, message: Struct, *, timeout_ms: int, on_answer: OnAnswer) -> None:
        """Send an event that is acknowledged. On a connection that is over, the answer is that."""
        if self._over.done():
            on_answer(ConnectionLost(self._over.result()))
            return
        packet_id, self._next_id = self._next_id, self._next_id + 1
        timer = self._timers.call_later(timeout_ms, lambda: self._timed_out(packet_id, event, timeout_ms))
        self._waiting[packet_id] = _Waiting(on_answer, timer)
        text, _ = socketio_encoder.encode_event(NAMESPACE, event, (message,), packet_id)
        self._put(text)

    async def call(self, event: str, message: Struct, *, timeout_ms: int) -> object:
        """As `request`, waiting for the answer. Raises `ConnectionLost`, `AnswerTimeout`."""
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()

        def on_answer(answer: object) -> None:
            if not done.done():
                if isinstance(answer, ClientError):
                    done.set_exception(answer)
                else:
                    done.set_result(answer)

        self.request(event, message, timeout_ms=timeout_ms, on_answer=on_answer)
        return await done

    async def ended(self) -> str:
        """Wait until it is over; why."""
        return await asyncio.shield(self._over)

    async def close(self) -> None:
        """End it; every request that waits is told `ConnectionLost`. Returns when the wire is closed."""
        if self._is_closing:
            return
        self._is_closing = True
        self._end("closed by the client")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._wire.close()

    # ------------------------------------------------------------ tasks

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.create_task(work)

    async def _receive(self) -> None:
        try:
            while True:
                for packet in await self._wire.receive():
                    self._take(packet)
        except (WireClosed, ProtocolError) as error:
            self._end(str(error))

    async def _send(self) -> None:
        try:
            while True:
                await self._has_outgoing.wait()
                self._has_outgoing.clear()
                packets, self._outgoing = self._outgoing, []
                await self._wire.send(packets)
        except WireClosed as error:
            self._end(str(error))

    # ------------------------------------------------------------ packets in

    def _take(self, packet: engineio.Packet) -> None:
        match packet:
            case engineio.Text(data):
                self._handle(self._decoder.feed_text(data))
            case engineio.Binary(data):
                self._handle(self._decoder.feed_binary(data))
            case engineio.Ping():
                self._watchdog.cancel()
                self._watchdog = self._expect_ping()
                self._outgoing.append(engineio.Pong(packet.data))
                self._has_outgoing.set()
            case engineio.Close():
                raise WireClosed("the server closed the session")
            case engineio.Noop() | engineio.Open() | engineio.Pong() | engineio.Upgrade():
                pass
            case _:
                assert_never(packet)

    def _handle(self, packet: socketio.Packet | None) -> None:
        match packet:
            case socketio.Ack():
                waiting = self._waiting.pop(packet.id, None)
                if waiting is not None:
                    waiting.timer.cancel()
                    waiting.on_answer(packet.args[0] if packet.args else None)
            case socketio.TypedEvent(name=name, message=message) if isinstance(message, Struct):
                self._on_event(name, message)
            case socketio.Event(name="frame", args=[dict() as content]):
                try:
                    self._on_event("frame", msgspec.convert(content, Frame))
                except msgspec.ValidationError:
                    self.unknown_events += 1
            case socketio.Connect():
                if not self._accepted.done():
                    self._accepted.set_result(None)
            case socketio.ConnectError():
                if not self._accepted.done():
                    self._accepted.set_exception(_connect_refusal(packet.data))
            case socketio.Disconnect():
                self.was_ended_by_server = True
                self._end("the server ended the namespace")
            case None:
                pass
            case _:
                self.unknown_events += 1

    # ------------------------------------------------------------ ends and time-outs

    def _put(self, text: bytes) -> None:
        self._outgoing.append(engineio.Text(text.decode()))
        self._has_outgoing.set()

    def _expect_ping(self) -> Timer:
        silence_ms = self._wire.handshake.pingInterval + self._wire.handshake.pingTimeout
        return self._timers.call_later(silence_ms, lambda: self._end(f"no ping within {silence_ms} ms"))

    def _connect_timed_out(self) -> None:
        if not self._accepted.done():
            self._accepted.set_exception(AnswerTimeout("connect", CONNECT_TIMEOUT_MS))

    def _timed_out(self, packet_id: int, event: str, timeout_ms: int) -> None:
        waiting = self._waiting.pop(packet_id, None)
        if waiting is not None:
            waiting.on_answer(AnswerTimeout(event, timeout_ms))

    def _end(self, reason: str) -> None:
        """The first reason counts. Nothing is sent or taken afterwards."""
        if self._over.done():
            return
        self._over.set_result(reason)
        self._watchdog.cancel()
        lost = ConnectionLost(reason)
        if not self._accepted.done():
            self._accepted.set_exception(lost)
        waiting, self._waiting = self._waiting, {}
        for each in waiting.values():
            each.timer.cancel()
            each.on_answer(lost)


def _connect_refusal(data: dict[str, object]) -> ClientError:
    message = data.get("message")
    inner = data.get("data")
    if not isinstance(message, str):
        return UnexpectedAnswer("a connect error without a message")
    code = inner.get("code") if isinstance(inner, dict) else None
    retry_ms = inner.get("retry_ms") if isinstance(inner, dict) else None
    return Refused(
        code if isinstance(code, str) else Code.FORBIDDEN,
        message,
        retry_ms=retry_ms if isinstance(retry_ms, int) else None,
    )
