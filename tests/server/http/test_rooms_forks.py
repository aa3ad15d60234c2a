"""A finished match goes on in a room of its own, over REST."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.running_server import Match, Running, bearer, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


async def fork(server: Running, match: Match, token: str | None, **wanted: Any) -> tuple[int, Any]:
    url = f"{server.url}/api/rooms/{match.room}/fork"
    headers = bearer(token) if token else {}
    async with server.http.post(url, json=wanted, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def play(match: Match, columns: str) -> None:
    for number, column in enumerate(columns):
        drop = match.drop(int(column), match.version + number, f"move-{number}")
        assert (await match.wires[number % 2].emit("act", drop))["ok"]


async def test_it_goes_on_where_the_match_stood(server: Running) -> None:
    match = await server.table()
    await play(match, "0101010")  # the first seat wins with version 11
    token = match.guests[0]["token"]
    status, made = await fork(server, match, token, version=8, private=True)
    assert (status, set(made)) == (201, {"room_id", "code", "invite_url"})
    wires = [await server.wire(guest["token"]) for guest in match.guests]
    for wire in wires:
        assert (await wire.emit("join", {"room": made["room_id"]}))["ok"]
    begun = await wires[0].event("snapshot")
    assert sum(cell is not None for row in begun["view"]["board"] for cell in row) == 4
    _, replay = await server.get(f"/api/rooms/{made['room_id']}/replay")
    assert replay["start"]["view"]["board"] == begun["view"]["board"]
    _, info = await server.get(f"/api/rooms/{made['room_id']}")
    assert info["is_private"]


async def test_bots_may_take_seats(server: Running) -> None:
    match = await server.table()
    await play(match, "0101010")
    _, made = await fork(server, match, match.guests[1]["token"], version=4, bots=1)
    _, info = await server.get(f"/api/rooms/{made['room_id']}")
    assert [seat["is_bot"] for seat in info["seats"]] == [False, True]


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({"version": 3}, 409, "wrong_phase"),  # before the match
        ({"version": 11}, 409, "wrong_phase"),  # it was over then
        ({"version": 99}, 409, "wrong_phase"),
        ({"version": 8, "bots": 3}, 400, "bad_options"),
        ({"version": 0}, 400, "bad_request"),
        ({}, 400, "bad_request"),
    ],
)
async def test_what_cannot_be_forked(server: Running, wanted: dict[str, Any], status: int, code: str) -> None:
    match = await server.table()
    await play(match, "0101010")
    got, body = await fork(server, match, match.guests[0]["token"], **wanted)
    assert (got, body["code"]) == (status, code), json.dumps(body)


async def test_a_match_that_is_on_and_a_stranger(server: Running) -> None:
    match = await server.table()
    await play(match, "01")
    status, body = await fork(server, match, match.guests[0]["token"], version=5)
    assert (status, body["code"]) == (409, "wrong_phase")
    status, body = await fork(server, match, None, version=5)
    assert (status, body["code"]) == (401, "unauthenticated")
