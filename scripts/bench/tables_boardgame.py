"""Matches of boardgame.io: made by the first `sync`; each move sends both clients the whole state."""

import asyncio
import json

import servers
import wire
from matches import DRAW, Heard, Match, Speech
from servers import Server

_SPACE = "/connect-four"
_UPDATE = f'42{_SPACE},["update"'.encode()
_AT_ONCE = 50
SPEECH = Speech(
    lambda payload: Heard.UPDATE if payload.startswith(_UPDATE) else Heard.OTHER, answers_moves=False
)
_opened = 0


def server() -> Server:
    return servers.node_peer("boardgame.io", "boardgame_server.cjs")


async def open_matches(server: Server, count: int) -> list[Match]:
    global _opened
    first, _opened = _opened, _opened + count
    matches: list[Match] = []
    for start in range(first, first + count, _AT_ONCE):
        names = range(start, min(first + count, start + _AT_ONCE))
        matches += await asyncio.gather(*(_open_match(server, f"match-{name}") for name in names))
    return matches


async def _open_match(server: Server, name: str) -> Match:
    clients = []
    for seat in ("0", "1"):
        client = await wire.Client.open(server.port, f"{server.path}?EIO=4&transport=websocket")
        await client.expect(b"0{")
        client.send(f"40{_SPACE},".encode())
        await client.expect(f"40{_SPACE},".encode())
        client.send(f"42{_SPACE},{json.dumps(['sync', name, seat, None, 2])}".encode())
        await client.expect(f'42{_SPACE},["sync"'.encode())
        clients.append(client)
    moves = []
    for index, column in enumerate(DRAW):
        seat = index % 2
        action = {
            "type": "MAKE_MOVE",
            "payload": {"type": "drop", "args": [column], "playerID": str(seat), "credentials": None},
        }
        update = json.dumps(["update", action, index, name, str(seat)], separators=(",", ":"))
        moves.append((seat, wire.client_frame(f"42{_SPACE},{update}".encode())))
    return Match(SPEECH, clients, moves)
