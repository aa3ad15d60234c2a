"""Rooms that tick: eight riders each, all of them connected, at 20 ticks a second.

Every rider turns about once a second, blindly, and reads every frame. The figures are the server's CPU
for one tick of one room with its eight viewers, how many such rooms that makes for a core, and how late
ticks began, as the server itself measures it.

    PYTHONPATH=server .venv/bin/python scripts/bench/ticks.py [--rooms 10 40 80 --seconds 15]
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import aiohttp
import cores
import msgspec
import servers
import tables_kibitz as tables
import uvloop
import wire
from servers import Server

SEATS = 8
PER_SECOND = 20
TURNS_PER_SECOND = 1.0
DIRECTIONS = ("up", "right", "down", "left")
SETTLE_S = 4.0
"""The countdown of the first round."""


class Rider:
    """One seat of one room."""

    def __init__(self, client: wire.Client, room: str, epoch: str, name: str) -> None:
        self._client = client
        self._message = {"room": room, "epoch": epoch, "base": 1, "type": "steer"}
        self._name = name
        self._turns = 0
        client.sink = _ignore

    async def ride(self, until: float) -> None:
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            await asyncio.sleep(random.expovariate(TURNS_PER_SECOND))
            self._turns += 1
            act = {
                **self._message,
                "id": f"{self._name}-{self._turns:08}",
                "args": {"direction": random.choice(DIRECTIONS)},
            }
            self._client.send(b"42%d" % self._turns + msgspec.json.encode(["act", act]))


def _ignore(client: wire.Client, data: bytes) -> None:
    client.received_bytes += len(data)


async def open_room(server: Server, rest: aiohttp.ClientSession, number: int) -> list[Rider]:
    riders, room = [], ""
    for seat in range(SEATS):
        token = await tables.session(rest, f"Rider {number} {seat}")
        if not room:
            wanted = {"game": "light-cycles", "seats": SEATS, "options": {"points": 9}}
            room = (await tables.post(rest, "/api/rooms", wanted, token))["room_id"]
        client = await tables.connect(server, token)
        joined = await tables.ask(client, "join", {"room": room, "as": "player"})
        riders.append(Rider(client, room, joined["epoch"], f"bench-{number:05}-{seat}"))
    return riders


async def lateness(port: int) -> dict[str, float]:
    """`kibitz_ticks` and `kibitz_tick_late_ms`, as the server tells them."""
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    found = {}
    for line in lines:
        if line.startswith("kibitz_tick"):
            name, _, value = line.rpartition(" ")
            found[name.partition('of="')[2].rstrip('"}')] = float(value)
    return found


async def measure(rooms: int, seconds: float) -> None:
    data = Path(tempfile.mkdtemp(prefix="bench-ticks-", dir=servers.ROOT / "artifacts"))
    metrics_port = servers.free_port()
    server = tables.server(data)
    server = replace(
        server,
        environment={
            **server.environment,
            "KIBITZ_METRICS_PORT": str(metrics_port),
        },
    )
    server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as rest:
            opened = [await open_room(server, rest, number) for number in range(rooms)]
        riders = [rider for room in opened for rider in room]
        until = asyncio.get_running_loop().time() + SETTLE_S + seconds + 2
        riding = [asyncio.create_task(rider.ride(until)) for rider in riders]
        await asyncio.sleep(SETTLE_S)
        before, watch = await lateness(metrics_port), cores.Stopwatch(server.pid)
        await asyncio.sleep(seconds)
        used, after = watch.stop(), await lateness(metrics_port)
        for task in riding:
            task.cancel()
        ticks = after["done"] - before["done"]
        cost_us = used.server_s / ticks * 1e6 if ticks else float("nan")
        due = rooms * PER_SECOND * used.wall_s
        late = "  ".join(f"{name} {after.get(name, 0):.1f}" for name in ("p50", "p99", "max"))
        print(
            f"{rooms:4} rooms  {used.server_s / used.wall_s:6.1%} of a core  {cost_us:5.0f} µs a room's tick"
            f"  {1e6 / PER_SECOND / cost_us:4.0f} rooms a core  {ticks / due:6.1%} of ticks done"
            f"  late ms {late}",
            flush=True,
        )
    finally:
        server.stop()
        shutil.rmtree(data, ignore_errors=True)


async def main(rooms: list[int], seconds: float) -> None:
    for count in rooms:
        await measure(count, seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What rooms in real time cost.")
    parser.add_argument("--rooms", type=int, nargs="+", default=[10, 40, 80])
    parser.add_argument("--seconds", type=float, default=15.0)
    options = parser.parse_args()
    cores.pin_load_generator()
    cores.raise_file_limit()
    print(", ".join(f"{name} {value}" for name, value in servers.platform_versions().items()))
    sys.exit(uvloop.run(main(options.rooms, options.seconds)))
