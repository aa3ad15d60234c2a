"""A soak: connections come and go at 50 a second for minutes, and the server must hold no more after it.

Each client connects, enters a room, speaks, and leaves in one of the ways in which clients leave: by the
protocol, by a close frame, by hanging up, by a reset, in the middle of an upgrade, or by falling silent
until its heartbeat ends it. Arrivals are planned ahead; a server that is late gets more of them at a time.

    PYTHONPATH=server:tests .venv/bin/python scripts/bench/soak.py [--minutes 15 --per-second 50]

Ends with 1 unless tasks and descriptors are exact afterwards and memory grew by less than 1 MiB a minute
after the fifth minute (after the first third of a shorter run).
"""

import argparse
import asyncio
import json
import os
import random
import socket
import struct
import sys
from statistics import linear_regression
from urllib.request import urlopen

import cores
import poll_wire
import servers
import uvloop
import wire
from servers import Server

SETTLING_MINUTES = 5.0
SAMPLES_PER_MINUTE = 12
MIB_A_MINUTE_MAX = 1.0
SETTLE_S = 45.0
"""Longer than a session lives whose client is gone."""
ROOMS = 20
_SILENT_S = 10.0
_FRAME_CLOSE = 0x8


def observed() -> Server:
    port = servers.free_port()
    return Server(
        "kibitz",
        servers.our_version(),
        [sys.executable, "-m", "support.observed_echo", "--port", str(port)],
        port,
        environment={"PYTHONPATH": os.pathsep.join(str(servers.ROOT / part) for part in ("server", "tests"))},
    )


async def facts(server: Server) -> dict[str, int]:
    def ask() -> dict[str, int]:
        with urlopen(f"http://127.0.0.1:{server.port}/facts", timeout=30) as answer:
            return dict(json.load(answer))

    return await asyncio.to_thread(ask)


async def visit(server: Server, chance: random.Random) -> None:
    """One client from its connection to its end."""
    if chance.random() < 0.25:
        await visit_by_polling(server, chance)
        return
    client = await wire.Client.open(server.port, f"{server.path}?EIO=4&transport=websocket")
    await client.expect(b"0{")
    client.send(b"40")
    await client.expect(b"40{")
    room = f"room-{chance.randrange(ROOMS)}"
    client.send(f'421["enter","{room}"]'.encode())
    await client.expect(b"431")
    for number in range(chance.randrange(1, 6)):
        client.send(f'42{number + 2}["say","{room}","words of {number}"]'.encode())
        await client.expect(b"43%d" % (number + 2))
    match chance.randrange(5):
        case 0:
            client.send(b"41")
            client.send(b"1")
            client.transport.close()
        case 1:
            client.transport.write(wire.client_frame(struct.pack("!H", 1000), _FRAME_CLOSE))
            await asyncio.sleep(0.2)
            client.transport.close()
        case 2:
            client.transport.close()
        case 3:
            linger = struct.pack("ii", 1, 0)
            client.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            client.transport.abort()
        case _:
            await asyncio.sleep(_SILENT_S)  # answers no ping
            client.transport.abort()


async def visit_by_polling(server: Server, chance: random.Random) -> None:
    client = await poll_wire.PollClient.open(server)
    match chance.randrange(4):
        case 0:
            await client.getting.ask(client.post_request(b"1"))
        case 1:
            client.getting.transport.write(client.get_request)
            await asyncio.sleep(0.1)
        case 2:
            target = client.get_request.split(b" ")[1].decode().replace("=polling", "=websocket")
            socket_ = await wire.Client.open(server.port, target)
            socket_.send(b"2probe")
            await socket_.expect(b"3probe")
            socket_.transport.abort()
        case _:
            pass  # the session outlives its connection
    client.getting.transport.close()


async def run(minutes: float, per_second: float) -> bool:
    server = observed()
    await servers.start_all([server])
    try:
        chance = random.Random(4)
        loop = asyncio.get_running_loop()
        for _ in range(20):
            await visit_by_polling(server, random.Random(1))
        await asyncio.sleep(SETTLE_S / 3)
        before = await facts(server)
        samples: list[tuple[float, float]] = []
        began = loop.time()
        visits: set[asyncio.Task[None]] = set()
        failed: list[BaseException] = []

        def ended(task: asyncio.Task[None]) -> None:
            visits.discard(task)
            if (error := task.exception()) is not None:
                failed.append(error)

        async def sample() -> None:
            while True:
                held = await facts(server)
                minute = (loop.time() - began) / 60
                samples.append((minute, held["resident_bytes"] / 2**20))
                if len(samples) % SAMPLES_PER_MINUTE == 0:
                    print(f"minute {minute:.1f}: {samples[-1][1]:.1f} MiB, {held}", flush=True)
                await asyncio.sleep(60 / SAMPLES_PER_MINUTE)

        sampling = asyncio.create_task(sample())
        due, count = began, 0
        while due < began + minutes * 60:
            if (early := due - loop.time()) > 0:
                await asyncio.sleep(early)
            visit_ = asyncio.create_task(visit(server, random.Random(chance.random())))
            visits.add(visit_)
            visit_.add_done_callback(ended)
            count += 1
            due += chance.expovariate(per_second)
        sampling.cancel()
        if visits:
            await asyncio.wait(visits)
        after = await settled(server, before)
    finally:
        server.stop()
    settling = SETTLING_MINUTES if minutes > SETTLING_MINUTES + 1 else minutes / 3
    late = [(minute, mib) for minute, mib in samples if minute >= settling]
    slope = linear_regression([minute for minute, _ in late], [mib for _, mib in late]).slope
    print(f"{count} visits, {len(failed)} failed{f': {failed[0]!r}' if failed else ''}")
    print(f"memory slope after minute {settling:.1f}: {slope:+.3f} MiB a minute")
    print(f"before {before}\nafter  {after}")
    exact = all(after[name] == before[name] for name in before if name != "resident_bytes")
    print("tasks, descriptors, sessions and connections are exact" if exact else "SOMETHING IS LEFT")
    return exact and slope < MIB_A_MINUTE_MAX and not failed


async def settled(server: Server, before: dict[str, int]) -> dict[str, int]:
    loop = asyncio.get_running_loop()
    until = loop.time() + SETTLE_S
    while True:
        now = await facts(server)
        if all(now[name] == before[name] for name in before if name != "resident_bytes"):
            return now
        if loop.time() > until:
            return now
        await asyncio.sleep(0.5)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--per-second", type=float, default=50.0)
    given = parser.parse_args()
    cores.pin_load_generator()
    cores.raise_file_limit()
    return 0 if uvloop.run(run(given.minutes, given.per_second)) else 1


if __name__ == "__main__":
    sys.exit(main())
