"""Rooms of Colyseus, in its own binary protocol; moves are not answered, the patch says it all."""

import asyncio

import aiohttp
import servers
import wire
from matches import DRAW, Heard, Match, Speech
from servers import Server

_JOIN_ROOM, _ROOM_DATA, _ROOM_STATE, _ROOM_STATE_PATCH = 10, 13, 14, 15
_AT_ONCE = 20
SPEECH = Speech(
    lambda payload: Heard.UPDATE if payload[0] == _ROOM_STATE_PATCH else Heard.OTHER, answers_moves=False
)


def server() -> Server:
    return servers.node_peer("@colyseus/core", "colyseus_server.mjs", "Colyseus")


async def open_matches(server: Server, count: int) -> list[Match]:
    turns = asyncio.Semaphore(_AT_ONCE)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as rest:

        async def one() -> Match:
            async with turns:
                return await _open_match(server, rest)

        return list(await asyncio.gather(*(one() for _ in range(count))))


async def _open_match(server: Server, rest: aiohttp.ClientSession) -> Match:
    first = await _reserve(rest, "create/connect_four")
    clients = [await _enter(server, first)]
    clients.append(await _enter(server, await _reserve(rest, f"joinById/{first['roomId']}")))
    moves = [
        (
            index % 2,
            wire.client_frame(
                bytes([_ROOM_DATA, 0xA0 | len(b"drop")]) + b"drop" + bytes([column]), wire.BINARY
            ),
        )
        for index, column in enumerate(DRAW)
    ]
    return Match(SPEECH, clients, moves)


async def _reserve(rest: aiohttp.ClientSession, method: str) -> dict:
    async with rest.post(f"/matchmake/{method}", json={}) as answer:
        answer.raise_for_status()
        return dict(await answer.json(content_type=None))


async def _enter(server: Server, seat: dict) -> wire.Client:
    client = await wire.Client.open(
        server.port, f"/{seat['processId']}/{seat['roomId']}?sessionId={seat['sessionId']}"
    )
    await client.expect(bytes([_JOIN_ROOM]))
    client.transport.write(wire.client_frame(bytes([_JOIN_ROOM]), wire.BINARY))
    await client.expect(bytes([_ROOM_STATE]))
    return client
