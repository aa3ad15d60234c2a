"""Broadcast: one event to 500 websocket clients, told by the server itself in turns of its loop.

The unit is a delivery. Every client must have got every byte before the clock stops.
"""

import asyncio

import peer_set
import servers
import wire
from cores import Stopwatch
from results import Case, Round, Series
from servers import Server

CLIENTS = 500
EVENT_BYTES = 110
"""Of the Engine.IO message `42["flooded",PAYLOAD]`."""
PAYLOAD = "k" * (EVENT_BYTES - len('42["flooded",""]'))
DELIVERIES = {"kibitz": 400_000, "socket.io": 250_000, "python-socketio": 50_000}
"""Of a measured stretch: about two seconds of CPU each."""
GOALS = {1: 0.65, 5: 0.25}
"""By events a loop turn."""
_WAIT_S = 120.0


class Flood:
    """All clients of one server in one room, and what they have received together."""

    def __init__(self, server: Server, clients: list[wire.Client]) -> None:
        self._server = server
        self._clients = clients
        self._left = 0
        self._done = asyncio.Event()

    @classmethod
    async def open(cls, server: Server) -> "Flood":
        clients = await wire.connect_socketio(server.port, server.path, CLIENTS)
        flood = cls(server, clients)
        for client in clients:
            if not client.is_drained:
                raise RuntimeError(f"{server.name} sends more than the bench asked for")
            client.sink = flood._count
        return flood

    async def measure(self, events: int, per_turn: int) -> Round:
        """Raises `RuntimeError` if some client was closed or did not get exactly every event."""
        expected = events * wire.server_frame_length(EVENT_BYTES)
        self._left = expected * CLIENTS
        self._done.clear()
        for client in self._clients:
            client.received_bytes = 0
        watch = Stopwatch(self._server.pid)
        self._clients[0].send(f'42["flood","hall",{events},"{PAYLOAD}",{per_turn}]'.encode())
        try:
            async with asyncio.timeout(_WAIT_S):
                await self._done.wait()
        except TimeoutError:
            lost = sum(client.is_lost for client in self._clients)
            raise RuntimeError(
                f"{self._server.name}: {self._left} bytes never came; {lost} clients were closed"
            ) from None
        used = watch.stop()
        if any(client.received_bytes != expected for client in self._clients):
            raise RuntimeError(f"{self._server.name} did not give every client the same")
        return Round.of(used, events * CLIENTS)

    def _count(self, client: wire.Client, data: bytes) -> None:
        client.received_bytes += len(data)
        self._left -= len(data)
        if self._left <= 0:
            self._done.set()


async def run(rounds: int) -> list[Case]:
    async with peer_set.running(servers.echo, servers.socketio_node, servers.socketio_python) as (up, notes):
        floods = [await Flood.open(server) for server in up]
        cases = []
        for per_turn in GOALS:
            case = Case(
                "broadcast",
                f"Broadcast to {CLIENTS} websocket clients, {EVENT_BYTES} B, {per_turn} per loop turn",
                "delivery",
                [Series(server.name, server.version) for server in up],
                GOALS[per_turn],
                "socket.io",
                list(notes),
            )
            for flood, server in zip(floods, up, strict=True):
                await flood.measure(_events(server) // 4, per_turn)  # warm
            for _ in range(rounds):
                for flood, series in zip(floods, case.series, strict=True):
                    series.rounds.append(await flood.measure(_events_of(series.server), per_turn))
            cases.append(case)
        return cases


def _events(server: Server) -> int:
    return _events_of(server.name)


def _events_of(name: str) -> int:
    return DELIVERIES[name] // CLIENTS
