"""Acknowledged events: 200 websocket clients, each sends its next event when the last is answered.

The unit is one event with its answer, 100 bytes of payload each way.
"""

import asyncio

import peer_set
import servers
import wire
from cores import Stopwatch
from results import Case, Round, Series
from servers import Server

CLIENTS = 200
PAYLOAD = "k" * 100
EVENT = f'421["message-with-ack","{PAYLOAD}"]'.encode()
ANSWER_BYTES = wire.server_frame_length(len(f'431["{PAYLOAD}"]'))
ACKS = {"kibitz": 120_000, "socket.io": 60_000, "python-socketio": 20_000}
"""Of a measured stretch: one to two seconds of CPU each."""
GOAL = 0.45
_WAIT_S = 120.0


class Conversation:
    """All clients of one server; each keeps exactly one event unanswered."""

    def __init__(self, server: Server, clients: list[wire.Client]) -> None:
        self._server = server
        self._clients = clients
        self._frames = {client: wire.client_frame(EVENT) for client in clients}
        self._to_send = 0
        self._to_come = 0
        self._done = asyncio.Event()

    @classmethod
    async def open(cls, server: Server) -> "Conversation":
        clients = await wire.connect_socketio(server.port, server.path, CLIENTS)
        conversation = cls(server, clients)
        for client in clients:
            client.sink = conversation._answered
        return conversation

    async def measure(self, acks: int) -> Round:
        """Raises `RuntimeError` if answers are missing."""
        self._to_send = acks - CLIENTS
        self._to_come = acks
        self._done.clear()
        watch = Stopwatch(self._server.pid)
        for client in self._clients:
            client.received_bytes = 0
            client.transport.write(self._frames[client])
        try:
            async with asyncio.timeout(_WAIT_S):
                await self._done.wait()
        except TimeoutError:
            raise RuntimeError(f"{self._server.name}: {self._to_come} answers never came") from None
        return Round.of(watch.stop(), acks)

    def _answered(self, client: wire.Client, data: bytes) -> None:
        client.received_bytes += len(data)
        if client.received_bytes < ANSWER_BYTES:
            return
        client.received_bytes -= ANSWER_BYTES
        self._to_come -= 1
        if self._to_send > 0:
            self._to_send -= 1
            client.transport.write(self._frames[client])
        elif self._to_come == 0:
            self._done.set()


async def run(rounds: int) -> list[Case]:
    async with peer_set.running(servers.echo, servers.socketio_node, servers.socketio_python) as (up, notes):
        conversations = [await Conversation.open(server) for server in up]
        case = Case(
            "acks",
            f"Acknowledged events from {CLIENTS} websocket clients, {len(PAYLOAD)} B each way",
            "event and its answer",
            [Series(server.name, server.version) for server in up],
            GOAL,
            "socket.io",
            notes,
        )
        for conversation, series in zip(conversations, case.series, strict=True):
            await conversation.measure(ACKS[series.server] // 4)  # warm
        for _ in range(rounds):
            for conversation, series in zip(conversations, case.series, strict=True):
                series.rounds.append(await conversation.measure(ACKS[series.server]))
        return [case]
