"""The echo with a game server's limits, which also tells how many tasks, descriptors and bytes it holds.

`python -m support.observed_echo --port 3000`; `GET /facts` answers `Facts` as JSON. As a process of its own
it can be attacked without the attacker's tasks and memory among the counts.
"""

import argparse
import asyncio
import ctypes
import gc
import os
from dataclasses import asdict, dataclass, replace

import uvloop
from aiohttp import web

from kibitz.transport.config import KIBITZ_PROFILE
from kibitz.transport.echo import make_server
from kibitz.transport.server import SocketServer

CONFIG = replace(
    KIBITZ_PROFILE,
    connections_max=5_000,
    head_timeout_ms=1_000,
    body_timeout_ms=1_000,
    connect_timeout_ms=1_000,
    upgrade_timeout_ms=1_000,
    close_timeout_ms=1_000,
    poll_close_timeout_ms=1_000,
    ping_interval_ms=1_000,
    ping_timeout_ms=1_000,
)
"""Sizes as a game server has them. Times are shorter, so that a test sees the end of what never ends."""


@dataclass(frozen=True)
class Facts:
    """What the process holds after a garbage collection; the request that asks is in every count."""

    tasks: int
    descriptors: int
    sessions: int
    connections: int
    resident_bytes: int


def _facts(server: SocketServer) -> Facts:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what is free goes back to the system: what is left is held
    with open("/proc/self/statm") as statm:
        resident = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return Facts(
        len(asyncio.all_tasks()),
        len(os.listdir("/proc/self/fd")),
        sum(1 for _ in server.sessions()),
        server.connections().tcp,
        resident,
    )


async def serve(port: int) -> None:
    server = make_server(CONFIG)

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(asdict(_facts(server)), headers={"Connection": "close"})

    app = web.Application()
    app.router.add_get("/facts", answer)
    await server.listen(app, "127.0.0.1", port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvloop.run(serve(parser.parse_args().port))
