"""What led a room from one state to the next, over REST."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.running_server import Running, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


async def test_the_answer_to_the_byte(server: Running) -> None:
    match = await server.table()
    assert (await match.wires[0].emit("act", match.drop(3, match.version, "mine")))["ok"]
    async with server.http.get(f"{server.url}/api/rooms/{match.room}/history?after=3") as answer:
        assert answer.status == 200
        text = await answer.text()
    started, moved = (step["timestamp"] for step in json.loads(text)["transitions"])
    assert text == (
        f'{{"room_id":"{match.room}","transitions":['
        f'{{"version":4,"timestamp":"{started}","trigger":"started","seat":null,"match":1,'
        '"status_from":"waiting","status_to":"playing","from":null,"to":"playing"},'
        f'{{"version":5,"timestamp":"{moved}","trigger":"action","seat":0,"match":1,'
        '"status_from":"playing","status_to":"playing","from":"playing","to":"playing"}],"next":null}'
    )
    assert len(started) == len("2026-11-23T17:40:00.000000Z")
    assert started.endswith("Z")


async def test_it_comes_in_pages(server: Running) -> None:
    match = await server.table()
    path = f"/api/rooms/{match.room}/history"
    _, first = await server.get(f"{path}?limit=3")
    assert ([step["version"] for step in first["transitions"]], first["next"]) == ([1, 2, 3], 3)
    _, rest = await server.get(f"{path}?limit=3&after=3")
    assert ([step["version"] for step in rest["transitions"]], rest["next"]) == ([4], None)
    assert first["transitions"][0]["status_from"] is None


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("no-such-room/history", 404, "unknown_room"), ("any/history?limit=0", 400, "bad_request")],
)
async def test_what_cannot_be_asked(server: Running, path: str, status: int, code: str) -> None:
    got, body = await server.get(f"/api/rooms/{path}")
    assert (got, body["code"]) == (status, code)


async def test_looking_at_a_room_does_not_read_it_into_memory(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        assert (await match.wires[0].emit("leave", {"room": match.room}))["ok"]  # which ends the match
    async with running(tmp_path) as server:
        for path in ("history", "replay"):
            status, _ = await server.get(f"/api/rooms/{match.room}/{path}")
            assert status == 200
        assert server.server.directory.loaded == 0
