"""Clients on polling: a broadcast to 100 of them, and acknowledged events of 50.

A delivery is one GET, answered with the event; the next event is told when every client has the last
one, so that none is joined with another. An event with its answer is a POST and a GET.
"""

import asyncio
from collections.abc import Callable
from functools import partial

import peer_set
import poll_wire
import servers
import wire
from acks import EVENT, PAYLOAD
from cores import Stopwatch
from poll_wire import PollClient
from results import Case, Round, Series
from servers import Server

LISTENERS = 100
SPEAKERS = 50
ANSWER = f'431["{PAYLOAD}"]'.encode()
TOLD = f'42["flooded","{PAYLOAD}"]'.encode()
DELIVERIES = {"kibitz": 15_000, "socket.io": 15_000, "python-socketio": 8_000}
ACKS = {"kibitz": 10_000, "socket.io": 10_000, "python-socketio": 5_000}
"""Of a measured stretch: one to two seconds of CPU each."""
GOAL = 1.2
_WAIT_S = 120.0


class Hall:
    """All polling clients of one server in one room, and one on a websocket that tells them things."""

    def __init__(self, server: Server, clients: list[PollClient], teller: wire.Client) -> None:
        self._server = server
        self._clients = clients
        self._teller = teller
        self._flood = wire.client_frame(f'42["flood","hall",1,"{PAYLOAD}",1]'.encode())
        self._left = 0
        self._missing = 0
        self._done = asyncio.Event()
        for client in clients:
            client.getting.sink = partial(self._told, client)
            client.getting.transport.write(client.get_request)

    @classmethod
    async def open(cls, server: Server) -> "Hall":
        teller = await wire.connect_elsewhere(server.port, server.path)
        return cls(server, await poll_wire.connect(server, LISTENERS), teller)

    async def measure(self, deliveries: int) -> Round:
        """Raises `RuntimeError` if some event did not come to everybody."""
        self._left = deliveries // LISTENERS
        self._done.clear()
        watch = Stopwatch(self._server.pid)
        self._tell()
        await _finished(self._server, self._done, lambda: f"{self._left} events with {self._missing} missing")
        return Round.of(watch.stop(), deliveries // LISTENERS * LISTENERS)

    def _tell(self) -> None:
        self._left -= 1
        self._missing = LISTENERS
        self._teller.transport.write(self._flood)

    def _told(self, client: PollClient, body: bytes) -> None:
        client.getting.transport.write(client.get_request)
        self._missing -= body.split(poll_wire.SEPARATOR).count(TOLD)
        if self._missing == 0:
            if self._left > 0:
                self._tell()
            else:
                self._done.set()


class Conversation:
    """Polling clients that each keep one event unanswered: a POST, and the GET that brings the answer."""

    def __init__(self, server: Server, clients: list[PollClient]) -> None:
        self._server = server
        self._clients = clients
        self._to_send = 0
        self._to_come = 0
        self._due: dict[PollClient, int] = {}
        self._done = asyncio.Event()
        for client in clients:
            client.getting.sink = partial(self._answered, client)
            client.getting.transport.write(client.get_request)

    @classmethod
    async def open(cls, server: Server) -> "Conversation":
        return cls(server, await poll_wire.connect(server, SPEAKERS))

    async def measure(self, acks: int) -> Round:
        """Raises `RuntimeError` if answers are missing."""
        for client in self._clients:
            posting = await client.open_posting()
            posting.sink = partial(self._accepted, client)
        self._to_send, self._to_come = acks - SPEAKERS, acks
        self._done.clear()
        watch = Stopwatch(self._server.pid)
        for client in self._clients:
            self._say(client)
        await _finished(self._server, self._done, lambda: f"{self._to_come} answers")
        return Round.of(watch.stop(), acks)

    def _say(self, client: PollClient) -> None:
        self._due[client] = 2
        if client.posting is not None:
            client.posting.transport.write(client.post_request(EVENT))

    def _answered(self, client: PollClient, body: bytes) -> None:
        client.getting.transport.write(client.get_request)
        if ANSWER in body.split(poll_wire.SEPARATOR):
            self._came(client)

    def _accepted(self, client: PollClient, body: bytes) -> None:
        if body.lower() != b"ok":
            raise ConnectionError(f"a POST was answered with {body[:100]!r}")
        self._came(client)

    def _came(self, client: PollClient) -> None:
        """The POST's own answer, or the event's by a GET; either may be the first."""
        self._due[client] -= 1
        if self._due[client]:
            return
        self._to_come -= 1
        if self._to_send > 0:
            self._to_send -= 1
            self._say(client)
        elif self._to_come == 0:
            self._done.set()


async def _finished(server: Server, done: asyncio.Event, missing: Callable[[], str]) -> None:
    try:
        async with asyncio.timeout(_WAIT_S):
            await done.wait()
    except TimeoutError:
        raise RuntimeError(f"{server.name}: {missing()} never came") from None


async def run(rounds: int) -> list[Case]:
    async with peer_set.running(servers.echo, servers.socketio_node, servers.socketio_python) as (up, notes):
        told = _case(
            "polled broadcast", f"Broadcast to {LISTENERS} clients on polling", "delivery", up, notes
        )
        acks = _case(
            "polled acks",
            f"Acknowledged events from {SPEAKERS} clients on polling, {len(PAYLOAD)} B each way",
            "event and its answer",
            up,
            notes,
        )
        halls = [await Hall.open(server) for server in up]
        for hall, series in zip(halls, told.series, strict=True):
            await hall.measure(DELIVERIES[series.server] // 4)  # warm
        for _ in range(rounds):
            for hall, series in zip(halls, told.series, strict=True):
                series.rounds.append(await hall.measure(DELIVERIES[series.server]))
        talks = [await Conversation.open(server) for server in up]
        for talk, series in zip(talks, acks.series, strict=True):
            await talk.measure(ACKS[series.server] // 4)
        for _ in range(rounds):
            for talk, series in zip(talks, acks.series, strict=True):
                series.rounds.append(await talk.measure(ACKS[series.server]))
        return [told, acks]


def _case(name: str, title: str, unit: str, up: list[Server], notes: list[str]) -> Case:
    series = [Series(server.name, server.version) for server in up]
    return Case(name, title, unit, series, GOAL, "socket.io", list(notes))
