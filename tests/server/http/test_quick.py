"""Quick match over REST, the socket and a restart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import apsw
import pytest

from kibitz.accounts.accounts import Accounts
from support.running_server import Running, bearer, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


async def enter(server: Running, token: str, game: str = "connect-four") -> tuple[int, Any]:
    url = f"{server.url}/api/quick"
    async with server.http.post(url, json={"game": game}, headers=bearer(token)) as answer:
        return answer.status, await answer.json()


async def cancel(server: Running, token: str) -> Any:
    async with server.http.delete(f"{server.url}/api/quick", headers=bearer(token)) as answer:
        assert answer.status == 200
        return await answer.json()


async def waits(data: Path, count: int) -> list[tuple[str, str]]:
    """Player and result of each row of telemetry, once there are so many: it is written behind."""
    async with asyncio.timeout(10):
        while True:
            connection = apsw.Connection(str(data / "telemetry.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
            rows = connection.execute("SELECT player_id, result FROM waits ORDER BY id").fetchall()
            connection.close()
            if len(rows) >= count:
                return rows
            await asyncio.sleep(0.05)


async def test_two_strangers_play_and_telemetry_knows_how_long_they_waited(
    server: Running, tmp_path: Path
) -> None:
    ada, bo = await server.guest("Ada"), await server.guest("Bo")
    status, first = await enter(server, ada["token"])
    assert (status, first["status"]) == (200, "waiting")
    _, info = await server.get(f"/api/rooms/{first['room_id']}")
    assert (info["is_quick"], info["is_private"], info["bots_at_ms"]) == (True, False, first["bots_at_ms"])
    wire = await server.wire(ada["token"])
    joined = await wire.emit("join", {"room": first["room_id"]})
    assert (joined["ok"], joined["seat"]) == (True, 0)
    status, second = await enter(server, bo["token"])
    assert (status, second) == (
        200,
        {"room_id": first["room_id"], "status": "matched", "bots_at_ms": None},
    )
    _, info = await server.get(f"/api/rooms/{first['room_id']}")
    assert (info["status"], info["bots_at_ms"]) == ("playing", None)
    found = await waits(tmp_path, 2)
    assert sorted(found) == sorted([(ada["player_id"], "matched"), (bo["player_id"], "matched")])
    assert (await cancel(server, ada["token"])) == {"cancelled": False, "room_id": None}


async def test_cancelling(server: Running, tmp_path: Path) -> None:
    ada = await server.guest("Ada")
    _, entered = await enter(server, ada["token"])
    assert (await cancel(server, ada["token"])) == {"cancelled": True, "room_id": entered["room_id"]}
    assert await waits(tmp_path, 1) == [(ada["player_id"], "cancelled")]


async def test_bots_after_the_set_time(tmp_path: Path) -> None:
    async with running(tmp_path, quick_bots_ms=1) as server:
        ada = await server.guest("Ada")
        wire = await server.wire(ada["token"])
        _, entered = await enter(server, ada["token"])
        assert (await wire.emit("join", {"room": entered["room_id"]}))["ok"]
        while (await wire.event("snapshot"))["view"]["phase"] != "playing":
            pass
        assert await waits(tmp_path, 1) == [(ada["player_id"], "bots")]


async def test_a_restart_keeps_the_place(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        ada, bo = await server.guest("Ada"), await server.guest("Bo")
        _, first = await enter(server, ada["token"])
    async with running(tmp_path) as server:
        _, again = await enter(server, ada["token"])
        assert (again["room_id"], again["status"]) == (first["room_id"], "waiting")
        _, second = await enter(server, bo["token"])
        assert (second["room_id"], second["status"]) == (first["room_id"], "matched")


async def test_admins_see_who_waits(server: Running) -> None:
    ada = await server.guest("Ada")
    _, entered = await enter(server, ada["token"])
    accounts = Accounts.open(server.server.settings.data / "accounts.sqlite")
    link = accounts.create_link()
    await accounts.close()
    async with server.http.post(f"{server.url}/api/admin/session", json={"link_token": link}) as answer:
        token = (await answer.json())["token"]
    _, listed = await server.get("/api/admin/rooms", token)
    (room,) = listed["rooms"]
    assert (room["room_id"], room["is_quick"], room["seats"][0]["name"]) == (entered["room_id"], True, "Ada")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"game": "chess"}, 404, "unknown_game"),
        ({}, 400, "bad_request"),
        ({"game": "connect-four", "bots": 1}, 400, "bad_request"),
    ],
)
async def test_what_cannot_be_asked(server: Running, body: Any, status: int, code: str) -> None:
    ada = await server.guest("Ada")
    url = f"{server.url}/api/quick"
    async with server.http.post(url, json=body, headers=bearer(ada["token"])) as answer:
        assert (answer.status, (await answer.json())["code"]) == (status, code)


async def test_it_is_for_people_with_a_session(server: Running) -> None:
    robot = await server.guest("Robo", "bot")
    assert (await enter(server, robot["token"]))[1]["code"] == "forbidden"
    async with (
        aiohttp.ClientSession() as stranger,
        stranger.post(f"{server.url}/api/quick", json={"game": "connect-four"}) as answer,
    ):
        assert answer.status == 401
