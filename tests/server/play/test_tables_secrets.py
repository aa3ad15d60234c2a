"""A match's seed leaves the server when the match is over, and not a byte of it before."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kibitz.ids import RoomId, RoomKey
from kibitz.journal.records import EventKind
from kibitz.rooms.fold.event_args import decode_rewound, decode_started
from kibitz.rooms.room import Room
from kibitz.rules import commitment
from support.feed_follower import Feed
from support.picks_room import pause, rewind
from support.player_wire import PlayerWire
from support.running_server import Running, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


def seeds_of(server: Running, key: RoomKey) -> list[str]:
    seeds = []
    for row in server.server.directory._journal.read_room(key):
        if row.kind is EventKind.STARTED:
            seeds.append(decode_started(row.args).seed)
        elif row.kind is EventKind.REWOUND:
            seeds.append(decode_rewound(row.args).seed or "")
    return seeds


async def rest(server: Running, room: str, token: str) -> str:
    """Whatever can be asked about a room."""
    paths = ("", "/events?after=0&limit=200", "/history", "/replay")
    said = [await server.get(f"/api/rooms/{room}{path}", who) for path in paths for who in (None, token)]
    return json.dumps(said)


async def test_a_seed_is_told_when_the_match_is_over_and_never_before(server: Running) -> None:
    guests = [await server.guest("Ada"), await server.guest("Bo")]
    made = await server.room(guests[0]["token"], game="liars-dice")
    name = made["room_id"]
    wires: list[PlayerWire] = [await server.wire(guest["token"]) for guest in (*guests, await server.guest())]
    answers = [await wire.emit("join", {"room": name}) for wire in wires]
    begun = await wires[0].event("snapshot")
    assert begun["view"]["chance"]["seed"] is None
    feed = Feed()
    following = asyncio.create_task(feed.follow(server, name))
    room = server.server.directory.find(RoomId(name))
    assert isinstance(room, Room)
    turn = begun["view"]["turn"]
    bid = {"room": name, "epoch": begun["epoch"], "id": "the-first-bid-of-all", "base": begun["version"]}
    answers.append(await wires[turn].emit("act", {**bid, "type": "bid", "args": {"count": 1, "face": 2}}))
    answers.append(await wires[turn].emit("act", {**bid, "id": "again" * 4, "type": "bid", "args": {}}))
    await pause(room)
    await rewind(room, begun["version"])
    answers.append(await wires[0].emit("join", {"room": name}))
    told = await rest(server, name, guests[0]["token"])
    told += json.dumps([wire.events for wire in wires]) + json.dumps(answers) + json.dumps(feed.events)
    seeds = seeds_of(server, room.key)
    assert len(seeds) == 2
    assert all(len(seed) == 64 and seed not in told for seed in seeds)
    assert all(commitment(bytes.fromhex(seed)) in told for seed in seeds)
    await wires[0].emit("leave", {"room": name})
    over: Any = (await wires[1].emit("join", {"room": name}))["view"]["chance"]
    assert (over["seed"], over["earlier"][0]["seed"]) == (seeds[1], seeds[0])
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await following
