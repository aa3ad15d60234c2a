"""What an admin may do to rooms over REST: shapes to the byte, refusals, and a line in the log for each."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kibitz.accounts.accounts import Accounts
from kibitz.ids import RoomId
from kibitz.rooms.guard.guard import Call, Doing
from kibitz.rooms.room import Room
from support.running_server import Match, Running, bearer, running

PASSWORD = "correct horse battery"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    accounts = Accounts.open(tmp_path / "accounts.sqlite")
    await accounts.create_admin("ada", PASSWORD)
    await accounts.close()
    async with running(tmp_path) as up:
        yield up


@pytest.fixture
async def token(server: Running) -> str:
    login = {"name": "ada", "password": PASSWORD}
    async with server.http.post(f"{server.url}/api/admin/session", json=login) as answer:
        found: str = (await answer.json())["token"]
        return found


async def post(server: Running, token: str | None, path: str, body: Any = None) -> tuple[int, str]:
    """Status and text."""
    headers = bearer(token) if token else {}
    sent: dict[str, Any] = {} if body is None else {"json": body}
    async with server.http.post(f"{server.url}{path}", headers=headers, **sent) as answer:
        return answer.status, await answer.text()


def command(match: Match, name: str) -> str:
    return f"/api/admin/rooms/{match.room}/{name}"


async def audit(server: Running, token: str) -> list[tuple[str, str, str]]:
    """The newest first, without logins."""
    status, found = await server.get("/api/admin/audit", token)
    assert status == 200
    entries = [entry for entry in found["entries"] if entry["action"].startswith("room_")]
    assert {entry["actor"] for entry in entries} <= {"ada"}
    assert {entry["address"] for entry in entries} <= {"127.0.0.1"}
    return [(entry["action"], entry["subject"], entry["detail"]) for entry in entries]


async def test_pause_and_resume(server: Running, token: str) -> None:
    match = await server.table()
    assert await post(server, token, command(match, "pause"), {"reason": "fire alarm"}) == (
        200,
        '{"version":5,"ok":true}',
    )
    refused = await match.wires[0].emit("act", match.drop(3, 5, "one"))
    assert refused["code"] == "room_paused"
    status, text = await post(server, token, command(match, "pause"))
    assert (status, json.loads(text)["code"]) == (409, "wrong_phase")
    assert await post(server, token, command(match, "resume")) == (200, '{"version":6,"ok":true}')
    assert (await match.wires[0].emit("act", match.drop(3, 6, "two")))["ok"]
    assert await audit(server, token) == [
        ("room_resume", match.room, ""),
        ("room_pause_refused", match.room, "wrong_phase"),
        ("room_pause", match.room, ""),
        ("room_pause", match.room, "fire alarm"),
    ]


async def test_rewind(server: Running, token: str) -> None:
    match = await server.table()
    for number, column in enumerate((3, 3, 4)):
        drop = match.drop(column, match.version + number, f"move-{number}")
        assert (await match.wires[number % 2].emit("act", drop))["ok"]
    assert await post(server, token, command(match, "rewind"), {"to_version": 5}) == (
        200,
        '{"version":8,"ok":true}',
    )
    _, replay = await server.get(f"/api/rooms/{match.room}/replay")
    assert [step["kind"] for step in replay["steps"]] == ["action", "rewound"]
    assert replay["steps"][1]["epoch"] != match.epoch
    status, text = await post(server, token, command(match, "rewind"), {"to_version": 7})
    assert (status, json.loads(text)["code"]) == (409, "wrong_phase")
    assert [line[0] for line in await audit(server, token)] == [
        "room_rewind_refused",
        "room_rewind",
        "room_rewind",
    ]


async def test_kick(server: Running, token: str) -> None:
    match = await server.table()
    status, text = await post(server, token, command(match, "kick"), {"seat": 1})
    assert (status, json.loads(text)["ok"]) == (200, True)
    _, info = await server.get(f"/api/rooms/{match.room}")
    assert [seat["player"] for seat in info["seats"]] == [match.guests[0]["player_id"], None]
    again = await match.wires[1].emit("join", {"room": match.room, "as": "player"})
    assert again["code"] == "forbidden"
    status, text = await post(server, token, command(match, "kick"), {"seat": 1})
    assert (status, json.loads(text)["code"]) == (403, "not_seated")


async def test_close(server: Running, token: str) -> None:
    match = await server.table()
    assert await post(server, token, command(match, "close")) == (200, '{"version":5,"ok":true}')
    status, text = await post(server, token, command(match, "close"))
    assert (status, json.loads(text)["code"]) == (410, "room_closed")
    status, replay = await server.get(f"/api/rooms/{match.room}/replay")
    assert (status, replay["status"], replay["may_see"]) == (200, "closed", [0, 1])
    assert [line[0] for line in await audit(server, token)] == ["room_close"]


async def test_one_room(server: Running, token: str) -> None:
    match = await server.table()
    await post(server, token, command(match, "pause"), {"reason": "fire alarm"})
    status, found = await server.get(f"/api/admin/rooms/{match.room}", token)
    assert status == 200
    assert (found["room"]["status"], found["room"]["version"]) == ("paused", 5)
    assert found["host_name"] == "Ada"
    assert (found["refusal"], found["fault"], found["epoch"]) == (None, None, match.epoch)
    assert found["out_of_play"] is None
    assert found["options"] == {"clock_ms": 600_000, "increment_ms": 5_000}
    assert [(step["trigger"], step["status_to"]) for step in found["history"]] == [
        ("created", "waiting"),
        ("joined", "waiting"),
        ("joined", "waiting"),
        ("started", "playing"),
        ("paused", "paused"),
    ]
    assert (await server.get("/api/admin/rooms/no-such-room", token))[0] == 404


async def test_faults_are_listed_and_rooms_released(
    tmp_path: Path, server: Running, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    match = await server.table()
    directory = server.server.directory
    call = Call(Doing.ACT, RoomId(match.room), match.guests[0]["player_id"], "an-action-id-0000", "drop")
    directory.quarantine.died(call, 1_000, is_proven=True, error="Segmentation fault")
    room = directory.find(RoomId(match.room))
    assert isinstance(room, Room)

    def fail() -> None:
        raise RuntimeError("on purpose")

    room.guarded(fail)
    status, found = await server.get("/api/admin/faults", token)
    assert status == 200
    (fault,) = found["rooms"]
    assert (fault["room_id"], fault["why"], fault["game"]) == (match.room, "faults", "connect-four")
    assert found["acts"] == [
        {
            "room_id": match.room,
            "why": "crash",
            "at_ms": 1,
            "player": match.guests[0]["player_id"],
            "action_id": "an-action-id-0000",
            "action": "drop",
            "error": "Segmentation fault",
        }
    ]
    _, detail = await server.get(f"/api/admin/rooms/{match.room}", token)
    assert detail["room"]["status"] == "faulted"
    assert detail["fault"]["error"] == "RuntimeError: on purpose"
    assert detail["out_of_play"] == fault
    assert await post(server, token, command(match, "release")) == (200, '{"version":4,"ok":true}')
    _, found = await server.get("/api/admin/faults", token)
    assert found == {"rooms": [], "acts": []}
    assert (await match.wires[0].emit("act", match.drop(3, 4, "again")))["ok"]
    status, text = await post(server, token, "/api/admin/rooms/no-such-room/release")
    assert (status, json.loads(text)["code"]) == (404, "unknown_room")
    assert await audit(server, token) == [("room_release", match.room, "")]


async def test_a_room_that_crashed_the_server_is_not_replayed(server: Running, token: str) -> None:
    match = await server.table()
    call = Call(Doing.VIEW, RoomId(match.room))
    server.server.directory.quarantine.died(call, 1_000, is_proven=True)
    status, body = await server.get(f"/api/rooms/{match.room}/replay")
    assert (status, body["code"]) == (503, "room_faulted")
    assert (await server.get(f"/api/rooms/{match.room}/history"))[0] == 200  # which needs no game


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("rewind", None, 400, "bad_request"),
        ("rewind", {"to_version": 0}, 400, "bad_request"),
        ("rewind", {"to_version": 1}, 409, "wrong_phase"),
        ("rewind", {"to_version": 99}, 409, "wrong_phase"),
        ("kick", {"seat": "0"}, 400, "bad_request"),
        ("kick", {"seat": 5}, 403, "not_seated"),
        ("pause", {"because": "x"}, 400, "bad_request"),
        ("resume", None, 409, "wrong_phase"),
        ("explode", None, 404, "not_found"),
    ],
)
async def test_what_cannot_be_done(
    server: Running, token: str, name: str, body: Any, status: int, code: str
) -> None:
    match = await server.table()
    got, text = await post(server, token, command(match, name), body)
    assert (got, json.loads(text)["code"]) == (status, code)


@pytest.mark.parametrize("name", ["pause", "resume", "rewind", "kick", "close", "release"])
async def test_nobody_else_may(server: Running, name: str) -> None:
    match = await server.table()
    for stranger in (None, match.guests[0]["token"]):
        status, text = await post(server, stranger, command(match, name), {"seat": 0})
        assert (status, json.loads(text)["code"]) == (401, "unauthenticated")
    assert (await server.get("/api/admin/audit", match.guests[0]["token"]))[0] == 401
    assert (await server.get(f"/api/admin/rooms/{match.room}"))[0] == 401
    assert (await server.get("/api/admin/faults"))[0] == 401
    _, info = await server.get(f"/api/rooms/{match.room}")
    assert info["status"] == "playing"
