"""A crowd: 15,000 websocket clients in 300 rooms of 50, each room told one message a second.

The load is open: every message has an instant at which it is due, planned before, and its latency counts
from then, whatever came before it. Each room's message is asked for with an ack; the ack's latency is the
figure. Then 100 clients stop reading, and the same is measured once more beside them.

    PYTHONPATH=server .venv/bin/python scripts/bench/crowd.py [--clients 15000 --rooms 300 --stalled 100]
"""

import argparse
import asyncio
import socket
from statistics import quantiles

import cores
import servers
import uvloop
import wire
from memory import resident_kib
from servers import Server

PAYLOAD = "k" * 900
CONNECTING = 100
"""At a time: the listen queue is not what is measured."""
SETTLE_S = 5.0
_ANSWER = b"43"


class Room:
    """The first of its clients asks for its messages and hears the acks."""

    def __init__(self, name: str, clients: list[wire.Client], speaker: wire.Client) -> None:
        self.name = name
        self.clients = clients
        self.speaker = speaker
        self.latencies_ms: list[float] = []
        self.unanswered = 0
        self._due: dict[int, float] = {}
        self._frames = wire.Frames()
        speaker.sink = self._heard

    def say(self, number: int, due: float) -> None:
        self._due[number] = due
        self.unanswered += 1
        self.speaker.send(f'42{number}["flood","{self.name}",1,"{PAYLOAD}",1]'.encode())

    def _heard(self, _: wire.Client, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        for payload in self._frames.feed(data):
            if payload.startswith(_ANSWER):
                number = int(payload[2 : payload.index(b"[")])
                self.latencies_ms.append((now - self._due.pop(number)) * 1000)
                self.unanswered -= 1


def ignore(client: wire.Client, data: bytes) -> None:
    client.received_bytes += len(data)


async def enter(server: Server, room: str) -> wire.Client:
    client = await wire.Client.open(server.port, f"{server.path}?EIO=4&transport=websocket")
    await client.expect(b"0{")
    client.send(b"40")
    await client.expect(b"40{")
    client.send(f'421["enter","{room}"]'.encode())
    await client.expect(b"431")
    return client


async def gather_crowd(server: Server, count: int, rooms: int) -> list[Room]:
    members: dict[str, list[wire.Client]] = {f"room-{number}": [] for number in range(rooms)}
    names = list(members)
    for start in range(0, count, CONNECTING):
        wanted = [names[number % rooms] for number in range(start, min(count, start + CONNECTING))]
        for name, client in zip(
            wanted, await asyncio.gather(*(enter(server, name) for name in wanted)), strict=True
        ):
            client.sink = ignore
            members[name].append(client)
    return [Room(name, clients, clients[0]) for name, clients in members.items()]


async def measure(rooms: list[Room], seconds: int) -> list[float]:
    """The ack latencies of one message a second in each room, evenly spread over the second."""
    loop = asyncio.get_running_loop()
    for room in rooms:
        room.latencies_ms.clear()
    begin = loop.time() + 0.5
    for second in range(seconds):
        for index, room in enumerate(rooms):
            due = begin + second + index / len(rooms)
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            room.say(second, due)
    for _ in range(100):
        if not any(room.unanswered for room in rooms):
            break
        await asyncio.sleep(0.1)
    return [latency for room in rooms for latency in room.latencies_ms]


def told(what: str, latencies: list[float], expected: int, cpu: float) -> float:
    cuts = quantiles(latencies, n=1000)
    print(
        f"{what:24} acks {len(latencies)}/{expected}  p50 {cuts[499]:.1f} ms  p99 {cuts[989]:.1f} ms  "
        f"p99.9 {cuts[998]:.1f} ms  server core {cpu:.0%}",
        flush=True,
    )
    return cuts[989]


async def run(clients: int, rooms: int, seconds: int, stalled: int) -> None:
    server = servers.echo()
    server.start()
    try:
        before = resident_kib(server.pid)
        crowd = await gather_crowd(server, clients, rooms)
        held = resident_kib(server.pid) - before
        print(f"{clients} clients in {rooms} rooms: {held / clients:.2f} KiB resident each", flush=True)
        await asyncio.sleep(SETTLE_S)
        watch = cores.Stopwatch(server.pid)
        latencies = await measure(crowd, seconds)
        used = watch.stop()
        alone = told("everybody reads", latencies, rooms * seconds, used.server_s / used.wall_s)
        stopped = 0
        for room in crowd:
            if stopped < stalled:
                listener = room.clients[-1]
                listener.transport.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_RCVBUF, 4096
                )
                listener.transport.pause_reading()
                stopped += 1
        watch = cores.Stopwatch(server.pid)
        latencies = await measure(crowd, seconds)
        used = watch.stop()
        beside = told(f"{stopped} do not read", latencies, rooms * seconds, used.server_s / used.wall_s)
        print(f"p99 beside them is {beside / alone:.2f} times the other")
        lost = sum(client.is_lost for room in crowd for client in room.clients)
        print(f"connections lost: {lost}")
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="Acks in a crowd, and beside clients that do not read.")
    parser.add_argument("--clients", type=int, default=15_000)
    parser.add_argument("--rooms", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--stalled", type=int, default=100)
    given = parser.parse_args()
    cores.pin_load_generator()
    cores.raise_file_limit()
    uvloop.run(run(given.clients, given.rooms, given.seconds, given.stalled))


if __name__ == "__main__":
    main()
