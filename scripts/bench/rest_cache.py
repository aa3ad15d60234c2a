"""What keeping REST's answers buys: the server's CPU for a GET of the lobby's list, with and without.

Servers with `ROOMS` rooms in play, their players connected, asked in turns over kept connections: none kept,
kept in memory, in the local file, and by a client that has the answer already (304).
"""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import servers
import tables_kibitz
from cores import Stopwatch
from results import Case, Round, Series
from servers import Server

ROOMS = 100
REQUESTS = 1_500
CONNECTIONS = 4
MOST = 0.5
OFF = "kept nowhere"
KEPT = "kept in memory"
LOCAL = "kept in the local file"
KNOWN = "kept in memory, 304"
_CACHE = {OFF: "off", KEPT: "memory", LOCAL: "local"}


async def run(rounds: int) -> list[Case]:
    series = [Series(name, servers.our_version()) for name in (KEPT, OFF, LOCAL, KNOWN)]
    case = Case(
        "rest_cache",
        f"`GET /api/rooms` with {ROOMS} rooms, over {CONNECTIONS} kept connections",
        "request",
        series,
        goal=MOST,
        goal_peer=OFF,
    )
    with _directories() as folders:
        started = {name: _server(folder, name) for name, folder in folders.items()}
        try:
            await servers.start_all(list(started.values()))
            matches = [
                match
                for server in started.values()
                for match in await tables_kibitz.open_matches(server, ROOMS)
            ]
            asked = [(name, server, False) for name, server in started.items()]
            asked.append((KNOWN, started[KEPT], True))
            for _, server, knows in asked:  # warm
                await _measure(server, knows=knows)
            by_name = {each.server: each for each in series}
            for number in range(rounds):
                for name, server, knows in asked if number % 2 else reversed(asked):
                    by_name[name].rounds.append(await _measure(server, knows=knows))
            for match in matches:
                await match.leave()
        finally:
            for server in started.values():
                server.stop()
    return [case]


async def _measure(server: Server, *, knows: bool) -> Round:
    url = f"http://127.0.0.1:{server.port}/api/rooms"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:
        async with session.get(url) as first:
            body = await first.read()
            headers = {"If-None-Match": first.headers["ETag"]} if knows else {}
        if body.count(b'"room_id"') < ROOMS:
            raise RuntimeError(f"{server.name} lists too few rooms")
        stopwatch = Stopwatch(server.pid)
        await asyncio.gather(*(_ask(session, url, headers) for _ in range(CONNECTIONS)))
        return Round.of(stopwatch.stop(), REQUESTS)


async def _ask(session: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> None:
    for _ in range(REQUESTS // CONNECTIONS):
        async with session.get(url, headers=headers) as answer:
            await answer.read()
            if answer.status not in (200, 304):
                raise RuntimeError(f"the list was answered with {answer.status}")


def _server(data: Path, name: str) -> Server:
    made = tables_kibitz.server(data)
    return replace(made, name=name, environment={**made.environment, "KIBITZ_CACHE": _CACHE[name]})


@contextlib.contextmanager
def _directories() -> Iterator[dict[str, Path]]:
    """A data directory for each kind of cache."""
    base = servers.ROOT / "artifacts"
    base.mkdir(exist_ok=True)
    folders = {name: Path(tempfile.mkdtemp(prefix="bench-rest-", dir=base)) for name in _CACHE}
    try:
        yield folders
    finally:
        for folder in folders.values():
            shutil.rmtree(folder, ignore_errors=True)
