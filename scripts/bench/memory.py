"""Resident memory of 10,000 idle websocket clients with their Socket.IO sessions, each in a room.

Every round starts each server anew: what a process has once taken from the system it hardly gives back.
The first clients are connected and gone before the count begins, so that nothing is counted that a
server needs once.
"""

import asyncio
import os
import time

import servers
import wire
from cores import Used
from results import Case, Round, Series
from servers import Server, Unavailable

CLIENTS = 10_000
WARMING = 200
ROUNDS_MOST = 3
SETTLE_S = 3.0
GOAL = 0.35
GOAL_KIB = 6.0


def resident_kib(pid: int) -> int:
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


async def measure(server: Server, clients: int) -> Round:
    """Of a server that nobody has used. It is started here, and stopped."""
    await servers.start_all([server])
    try:
        for client in await wire.connect_socketio(server.port, server.path, WARMING):
            client.transport.close()
        await asyncio.sleep(SETTLE_S)
        before, began = resident_kib(server.pid), time.monotonic()
        connected = await wire.connect_socketio(server.port, server.path, clients)
        used = Used(0.0, 0.0, time.monotonic() - began)
        await asyncio.sleep(SETTLE_S)
        held = resident_kib(server.pid) - before
        if any(client.is_lost for client in connected):
            raise RuntimeError(f"{server.name} closed some of its clients")
        for client in connected:
            client.transport.abort()
        return Round(held / clients, clients, used.wall_s, used.load_busy)
    finally:
        server.stop()


async def run(rounds: int) -> list[Case]:
    case = Case(
        "memory",
        f"Resident memory of {CLIENTS:,} idle websocket clients, each in a namespace and a room",
        "connection",
        [],
        GOAL,
        "socket.io",
        figure="Resident memory of the server",
        symbol="KiB",
        goal_most=GOAL_KIB,
    )
    makers = []
    for make in (servers.echo, servers.socketio_node, servers.socketio_python):
        try:
            server = make()
        except Unavailable as reason:
            case.notes.append(f"not measured: {reason}")
        else:
            makers.append(make)
            case.series.append(Series(server.name, server.version))
    for _ in range(min(rounds, ROUNDS_MOST)):
        for make, series in zip(makers, case.series, strict=True):
            series.rounds.append(await measure(make(), CLIENTS))
    return [case]
