"""What REST tells players about themselves and about each other."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import apsw
import pytest

from kibitz.ids import PlayerId
from kibitz.ratings.standings import Past, Standings
from support.running_server import Match, Running, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


async def ann_wins(match: Match) -> None:
    """Four in the column 3, while Bo fills column 0."""
    version = match.version
    for number, column in enumerate((3, 0, 3, 0, 3, 0, 3)):
        wire = match.wires[number % 2]
        answer = await wire.emit("act", match.drop(column, version, f"move{number}"))
        assert answer["ok"], answer
        version = answer["version"]


async def test_ratings_that_fail_once_are_asked_again(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    match = await server.table()
    await ann_wins(match)
    await profile(server, match.guests[1]["token"])
    token = match.guests[0]["token"]
    with monkeypatch.context() as patch:
        patch.setattr(Standings, "recent", busy)
        _, without = await server.get("/api/players/me", token)
    assert (without["name"], without["recent"]) == ("Ada", [])
    _, found = await server.get("/api/players/me", token)
    assert len(found["recent"]) == 1


def busy(standings: Standings, player: PlayerId, limit: int) -> list[Past]:
    raise apsw.BusyError


async def profile(server: Running, token: str) -> dict[str, Any]:
    """As soon as a match is in it: the ratings follow a moment later."""
    async with asyncio.timeout(10):
        while True:
            status, found = await server.get("/api/players/me", token)
            assert status == 200
            if found["recent"]:
                return dict(found)
            await asyncio.sleep(0.02)


async def test_a_match_is_in_both_profiles_and_on_the_leaderboard(server: Running) -> None:
    match = await server.table()
    await ann_wins(match)
    ada = await profile(server, match.guests[0]["token"])
    bo = await profile(server, match.guests[1]["token"])
    (game,) = ada["games"]
    assert (game["game"], game["played"], game["won"], game["drawn"]) == ("connect-four", 1, 1, 0)
    assert game["rating"] > 1500 > bo["games"][0]["rating"]
    (past,) = ada["recent"]
    ended_ms = past.pop("ended_ms")
    assert past == {
        "room_id": match.room,
        "match": 1,
        "game": "connect-four",
        "result": "won",
        "opponents": ["Bo"],
    }
    assert bo["recent"][0]["result"] == "lost"
    _, board = await server.get("/api/leaderboard?game=connect-four&limit=1")
    assert [(row["rank"], row["name"], row["played"], row["won"]) for row in board["rows"]] == [
        (1, "Ada", 1, 1)
    ]
    assert board["updated_ms"] == ended_ms


async def test_a_restart_loses_no_rating(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        await ann_wins(match)
        before = await profile(server, match.guests[0]["token"])
    async with running(tmp_path) as server:
        assert await profile(server, match.guests[0]["token"]) == before


async def test_my_rooms_say_where_it_is_my_turn(server: Running, tmp_path: Path) -> None:
    match = await server.table()
    token = match.guests[0]["token"]
    waiting = await server.room(token)
    wire = await server.wire(token)
    assert (await wire.emit("join", {"room": waiting["room_id"]}))["ok"]
    _, mine = await server.get("/api/players/me/rooms", token)
    assert [(room["room_id"], room["status"], room["your_turn"]) for room in mine["rooms"]] == [
        (match.room, "playing", True),
        (waiting["room_id"], "waiting", False),
    ]
    assert [seat["name"] for seat in mine["rooms"][0]["seats"]] == ["Ada", "Bo"]
    _, his = await server.get("/api/players/me/rooms", match.guests[1]["token"])
    assert [(room["room_id"], room["your_turn"]) for room in his["rooms"]] == [(match.room, False)]
    assert (await wire.emit("leave", {"room": waiting["room_id"]}))["ok"]
    _, mine = await server.get("/api/players/me/rooms", token)
    assert [room["room_id"] for room in mine["rooms"]] == [match.room]


async def test_my_rooms_are_known_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
    async with running(tmp_path) as server:
        for number, turn in enumerate((True, False)):
            _, mine = await server.get("/api/players/me/rooms", match.guests[number]["token"])
            assert [(room["room_id"], room["your_turn"]) for room in mine["rooms"]] == [(match.room, turn)]


async def test_rooms_that_are_read_for_it_let_others_in_between(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        guests = [await server.guest(name) for name in ("Ada", "Bo")]
        wires = [await server.wire(guest["token"]) for guest in guests]
        for _ in range(4):  # nothing happens in them by itself, so a start does not read them
            room = await server.room(guests[0]["token"], options={"clock_ms": None})
            for wire in wires:
                assert (await wire.emit("join", {"room": room["room_id"]}))["ok"]
    async with running(tmp_path) as server:
        loaded: list[int] = []

        async def look() -> None:
            while True:
                loaded.append(server.server.directory.loaded)
                await asyncio.sleep(0)

        looking = asyncio.create_task(look())
        _, mine = await server.get("/api/players/me/rooms", guests[0]["token"])
        looking.cancel()
        assert [room["your_turn"] for room in mine["rooms"]] == [True] * 4
        assert (loaded[0], loaded[-1]) == (0, 4)
        assert max(after - before for before, after in pairwise(loaded)) == 1


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/players/me", 401, "unauthenticated"),
        ("/api/players/me/rooms", 401, "unauthenticated"),
        ("/api/leaderboard", 400, "bad_request"),
        ("/api/leaderboard?game=chess", 404, "unknown_game"),
        ("/api/leaderboard?game=connect-four&limit=101", 400, "bad_request"),
    ],
)
async def test_what_cannot_be_asked(server: Running, path: str, status: int, code: str) -> None:
    got, body = await server.get(path)
    assert (got, body["code"]) == (status, code)


async def test_without_a_file_everything_else_is_answered(tmp_path: Path) -> None:
    (tmp_path / "ratings.sqlite").write_bytes(b"not a database, and long enough to be looked at")
    async with running(tmp_path) as server:
        guest = await server.guest()
        status, me = await server.get("/api/players/me", guest["token"])
        assert (status, me["games"], me["recent"]) == (200, [], [])
        status, body = await server.get("/api/leaderboard?game=connect-four")
        assert (status, body["code"]) == (503, "unavailable")
