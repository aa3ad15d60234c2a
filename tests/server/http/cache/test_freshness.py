"""Over the wire: what one player does, another sees within a second; and nobody sees what is another's."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.running_server import Running, bearer, running


@pytest.fixture(params=["memory", "local"])
async def server(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    async with running(tmp_path, cache=request.param) as up:
        yield up


def hits(server: Running, name: str) -> int:
    return server.server.metrics.cache(name).hits


async def tagged(server: Running, path: str, token: str | None = None, etag: str = "") -> tuple[int, str]:
    """Status and ETag."""
    headers = {"If-None-Match": etag, **(bearer(token) if token else {})}
    async with server.http.get(server.url + path, headers=headers) as answer:
        await answer.read()
        return answer.status, answer.headers.get("ETag", "")


async def test_the_lobby_shows_at_once_what_somebody_else_did(server: Running) -> None:
    """Each step right after the list was kept; no time passes in between."""

    async def listed() -> list[tuple[str, list[str | None]]]:
        _, found = await server.get("/api/rooms")
        return [(room["status"], [seat["name"] for seat in room["seats"]]) for room in found["rooms"]]

    ada, bo = await server.guest("Ada"), await server.guest("Bo")
    assert await listed() == []
    room = await server.room(ada["token"])
    assert await listed() == [("waiting", [None, None])]
    wires = [await server.wire(guest["token"]) for guest in (ada, bo)]
    assert (await wires[0].emit("join", {"room": room["room_id"]}))["ok"]
    assert await listed() == [("waiting", ["Ada", None])]
    assert (await wires[1].emit("join", {"room": room["room_id"]}))["ok"]
    assert await listed() == [("playing", ["Ada", "Bo"])]
    assert (await wires[1].emit("leave", {"room": room["room_id"]}))["ok"]
    assert await listed() == [("finished", ["Ada", None])]


async def test_a_move_is_in_the_rooms_answer_at_once(server: Running) -> None:
    match = await server.table()
    path = f"/api/rooms/{match.room}"
    _, before = await server.get(path)
    answer = await match.wires[0].emit("act", match.drop(3, match.version, "move"))
    _, after = await server.get(path)
    assert after["version"] == before["version"] + 1 == answer["version"]
    _, same = await server.get(path)
    assert same == after
    assert hits(server, "room") > 0


async def test_the_list_is_never_older_than_a_second(tmp_path: Path) -> None:
    """Versions of running matches are in it, and moves drop nothing."""
    async with running(tmp_path) as server:
        match = await server.table()
        await server.get("/api/rooms")
        answer = await match.wires[0].emit("act", match.drop(3, match.version, "move"))
        began = asyncio.get_running_loop().time()
        while True:
            _, found = await server.get("/api/rooms")
            if found["rooms"][0]["version"] == answer["version"]:
                break
            assert asyncio.get_running_loop().time() - began < 1.5
            await asyncio.sleep(0.02)


async def test_a_new_name_is_seen_at_once(server: Running) -> None:
    async with server.http.post(f"{server.url}/api/session", json={"name": "Ada"}) as answer:
        cookie = {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}
    room = await server.room((await server.guest())["token"])
    wire = await server.wire(None, Origin=server.url, **cookie)
    assert (await wire.emit("join", {"room": room["room_id"]}))["ok"]
    paths = ("/api/rooms", f"/api/rooms/{room['room_id']}", "/api/players/me")
    for path in paths:
        _, found = await server.get(path, **cookie)
        assert "Ada" in str(found)
    async with server.http.post(f"{server.url}/api/session", json={"name": "Countess"}, headers=cookie):
        pass
    for path in paths:
        _, found = await server.get(path, **cookie)
        assert "Countess" in str(found)


async def test_nobody_is_given_what_is_anothers(server: Running) -> None:
    match = await server.table()
    assert (await match.wires[0].emit("act", match.drop(3, match.version, "mine")))["ok"]
    assert (await match.wires[1].emit("leave", {"room": match.room}))["ok"]
    tokens: list[str | None] = [guest["token"] for guest in match.guests] + [None]
    path = f"/api/rooms/{match.room}/events"
    for _ in range(2):
        seen = [await server.get(path, token) for token in tokens]
        own = [[event["action_id"] for event in page["events"]] for _, page in seen]
        assert ["mine____________" in ids for ids in own] == [True, False, False]
        names = [(await server.get("/api/players/me", token))[1].get("name") for token in tokens]
        assert names == ["Ada", "Bo", None]
    assert hits(server, "events") >= 3
    async with server.http.get(f"{server.url}/api/players/me", headers=bearer(str(tokens[0]))) as answer:
        assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", ["/api/rooms", "/api/games", "/api/leaderboard?game=connect-four"])
async def test_who_has_it_is_sent_nothing(server: Running, path: str) -> None:
    status, etag = await tagged(server, path)
    assert status == 200
    assert await tagged(server, path, etag=etag) == (304, etag)


async def test_events_are_kept_once_the_match_is_over(server: Running) -> None:
    match = await server.table()
    path = f"/api/rooms/{match.room}/events"
    _, running_page = await server.get(path)
    assert (await tagged(server, path))[1] == ""  # more may come
    assert (await match.wires[1].emit("leave", {"room": match.room}))["ok"]
    status, etag = await tagged(server, path)
    assert (status, bool(etag)) == (200, True)
    assert await tagged(server, path, etag=etag) == (304, etag)
    _, page = await server.get(path)
    assert len(page["events"]) > len(running_page["events"])
    assert (await match.wires[0].emit("rematch", {"room": match.room}))["ok"]
    _, after = await server.get(path)
    assert after["events"][-1]["kind"] == "rematch"
