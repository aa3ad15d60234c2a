"""Rooms of `kibitz serve`, as players open them: REST for session and room, Socket.IO for the rest."""

import asyncio
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import journal_seed
import msgspec
import servers
import wire
from matches import DRAW, Heard, Match, MoveRefused, Speech
from servers import Server

_PATCH = b'42["patch"'
_AT_ONCE = 20


def meaning(payload: bytes) -> Heard:
    if payload.startswith(_PATCH):
        return Heard.UPDATE
    if payload.startswith(b"43"):
        if b'"ok":true' not in payload:
            raise MoveRefused(payload.decode())
        return Heard.ANSWER
    return Heard.OTHER


SPEECH = Speech(meaning, answers_moves=True)


@contextlib.contextmanager
def data_directory() -> Iterator[Path]:
    """A journal of a million rows in a directory of its own, on the disk that holds the project."""
    seed = journal_seed.seeded()
    directory = Path(tempfile.mkdtemp(prefix="bench-data-", dir=servers.ROOT / "artifacts"))
    try:
        shutil.copyfile(seed, directory / "journal.sqlite")
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def server(data: Path) -> Server:
    port = servers.free_port()
    return Server(
        "kibitz",
        f"{servers.our_version()}, durable",
        [sys.executable, "-m", "kibitz", "serve", "--port", str(port), "--data", str(data)],
        port,
        environment=servers.our_environment()
        | {
            "KIBITZ_LIMITS": "off",
            "KIBITZ_LOG_LEVEL": "warning",
            "KIBITZ_PING_INTERVAL_MS": str(servers.HEARTBEAT_MS),
            "KIBITZ_PING_TIMEOUT_MS": str(servers.HEARTBEAT_MS),
        },
    )


async def open_matches(server: Server, count: int) -> list[Match]:
    """`count` rooms, both seats taken, first move due."""
    turns = asyncio.Semaphore(_AT_ONCE)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as rest:

        async def one(number: int) -> Match:
            async with turns:
                return await _open_match(server, rest, number)

        return list(await asyncio.gather(*map(one, range(count))))


async def _open_match(server: Server, rest: aiohttp.ClientSession, number: int) -> Match:
    tokens = [await session(rest, f"Bench {number} {seat}") for seat in (0, 1)]
    created = await post(rest, "/api/rooms", {"game": "connect-four"}, tokens[0])
    room = created["room_id"]
    clients = [await connect(server, token) for token in tokens]
    for client in clients:
        await ask(client, "join", {"room": room, "as": "player"})
    joined = await ask(clients[0], "join", {"room": room, "as": "player"})
    mine = joined["seat"]
    if joined["status"] != "playing" or mine is None:
        raise RuntimeError(f"the match did not begin: {joined}")
    seats = clients if mine == 0 else clients[::-1]
    for client in clients:  # whatever the joins caused is read before the clock starts
        await ask(client, "ping", {"sent_ms": 0})
    moves = []
    turn = joined["view"]["turn"]
    for index, column in enumerate(DRAW):
        act = {
            "room": room,
            "epoch": joined["epoch"],
            "id": f"bench-{number:06}-{index:06}",
            "base": joined["version"] + index,
            "type": "drop",
            "args": {"column": column},
        }
        moves.append((turn, wire.client_frame(b"42%d" % index + msgspec.json.encode(["act", act]))))
        turn = 1 - turn
    return Match(SPEECH, seats, moves)


async def session(rest: aiohttp.ClientSession, name: str) -> str:
    answer = await post(rest, "/api/session", {"name": name, "client": "api"}, None)
    return str(answer["token"])


async def post(rest: aiohttp.ClientSession, path: str, body: object, token: str | None) -> dict:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with rest.post(path, json=body, headers=headers) as answer:
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
        return dict(await answer.json())


async def connect(server: Server, token: str) -> wire.Client:
    client = await wire.Client.open(server.port, f"{server.path}?EIO=4&transport=websocket")
    await client.expect(b"0{")
    client.send(b"40" + msgspec.json.encode({"token": token}))
    await client.expect(b"40{")
    return client


async def ask(client: wire.Client, event: str, payload: object) -> dict:
    client.send(b"429" + msgspec.json.encode([event, payload]))
    (answer,) = msgspec.json.decode((await client.expect(b"439["))[3:])
    if not answer["ok"]:
        raise RuntimeError(f"{event}: {answer}")
    return dict(answer)
