"""Keeps one connection up: opens it, and opens the next one when it is lost.

Transports are tried in the order given, the one that worked last first. After the first round that
failed, the waits of `Backoff` follow. It stops for good when it is closed, when the server refuses the
session (`Refused` with the advice to stop), when it ends the namespace by itself without having said
`draining`, or when the attempts allowed are used up.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from kibitz.client.backoff import Backoff
from kibitz.client.connection import Connection
from kibitz.client.errors import CannotConnect, ClientClosed, ClientError, Refused, WireClosed
from kibitz.client.timers import Timers, sleep
from kibitz.client.wires import Transport, Wire
from kibitz.codes import Advice
from kibitz.ids import Entropy
from kibitz.protocol.errors import ProtocolError

OpenWire = Callable[[Transport], Awaitable[Wire]]
"""Raises `WireClosed` or a `ProtocolError` where the transport does not come about."""


class LinkStatus(StrEnum):
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    CLOSED = "closed"


class LinkState(Struct, frozen=True):
    """`reason` is why the last connection ended or the last attempt failed; `connects` counts
    the connections so far, so that all but the first are reconnects."""

    status: LinkStatus
    transport: Transport | None = None
    attempt: int = 0
    connects: int = 0
    reason: str | None = None


class LinkListener(Protocol):
    def on_connected(self, connection: Connection) -> None: ...

    def on_lost(self) -> None: ...

    def on_event(self, name: str, message: Struct) -> None: ...

    def on_closed(self, error: ClientError) -> None:
        """No connection follows."""
        ...


class Link:
    def __init__(
        self,
        url: str,
        open_wire: OpenWire,
        *,
        token: str,
        transports: Sequence[Transport],
        listener: LinkListener,
        backoff: Backoff,
        timers: Timers,
        entropy: Entropy,
    ) -> None:
        self._url = url
        self._open_wire = open_wire
        self._token = token
        self._transports = list(transports)
        self._listener = listener
        self._backoff = backoff
        self._timers = timers
        self._entropy = entropy
        self._task: asyncio.Task[None] | None = None
        self._hint_ms: int | None = None
        self.state = LinkState(LinkStatus.CONNECTING)
        self.connection: Connection | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    def come_back_in(self, hint_ms: int) -> None:
        """The server said that it goes away, and when to come back; for the next reconnect."""
        self._hint_ms = hint_ms

    async def close(self) -> None:
        """End the connection and open no other. Returns when the connection is closed."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self._stop(ClientClosed("the client was closed"))

    async def _run(self) -> None:
        attempt = 0
        while True:
            try:
                connection = await self._open()
            except Refused as refused:
                if refused.advice is Advice.STOP:
                    self._stop(refused)
                    return
                reason, hint_ms = str(refused), refused.retry_ms
            except CannotConnect as error:
                reason, hint_ms = str(error), None
            else:
                attempt = 0
                reason = await self._use(connection)
                hint_ms, self._hint_ms = self._hint_ms, None
                if connection.was_ended_by_server and hint_ms is None:
                    self._stop(ClientClosed("the server ended the connection"))
                    return
            if self._backoff.attempts is not None and attempt >= self._backoff.attempts:
                self._stop(CannotConnect(self._url, [reason]))
                return
            self.state = LinkState(LinkStatus.RECONNECTING, None, attempt, self.state.connects, reason)
            await sleep(self._timers, self._backoff.delay_ms(attempt, self._entropy, hint_ms=hint_ms))
            attempt += 1

    async def _open(self) -> Connection:
        """Raises `CannotConnect` when every transport failed, `Refused` when the server said no."""
        reasons: list[str] = []
        for transport in self._transports:
            try:
                wire = await self._open_wire(transport)
            except (WireClosed, ProtocolError) as error:
                reasons.append(str(error))
                continue
            connection = Connection(wire, self._listener.on_event, self._timers)
            try:
                await connection.connect({"token": self._token})
            except (Refused, asyncio.CancelledError):
                await connection.close()
                raise
            except ClientError as error:
                await connection.close()
                reasons.append(str(error))
                continue
            # What worked is tried first next time.
            self._transports = [transport, *(other for other in self._transports if other != transport)]
            return connection
        raise CannotConnect(self._url, reasons)

    async def _use(self, connection: Connection) -> str:
        self.connection = connection
        self.state = LinkState(LinkStatus.CONNECTED, connection.transport, connects=self.state.connects + 1)
        try:
            self._listener.on_connected(connection)
            return await connection.ended()
        finally:
            self.connection = None
            await connection.close()
            self._listener.on_lost()

    def _stop(self, error: ClientError) -> None:
        if self.state.status is not LinkStatus.CLOSED:
            self.state = LinkState(LinkStatus.CLOSED, connects=self.state.connects, reason=str(error))
            self._listener.on_closed(error)
