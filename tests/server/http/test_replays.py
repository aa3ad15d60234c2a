"""A match over REST: its shape to the byte, who may see what of it, and how much at once."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kibitz.http import replays
from support.running_server import Match, Running, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


async def play(match: Match, columns: str) -> None:
    for number, column in enumerate(columns):
        drop = match.drop(int(column), match.version + number, f"move-{number}")
        assert (await match.wires[number % 2].emit("act", drop))["ok"]


async def test_the_answer_to_the_byte(server: Running) -> None:
    match = await server.table()
    await play(match, "3")
    path = f"/api/rooms/{match.room}/replay"
    async with server.http.get(server.url + path, headers={"Accept-Encoding": "identity"}) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
        text = (await answer.read()).decode()
    found = json.loads(text)
    start, step = found["start"], found["steps"][0]
    ops = json.dumps(step["ops"], separators=(",", ":"))
    changed = {op["path"]: op["value"] for op in step["ops"]}
    assert changed.pop("/clock")["running"] == 1
    assert changed == {"/board/5/3": 0, "/last": {"row": 5, "column": 3, "seat": 0}, "/turn": 1}
    row = "[null,null,null,null,null,null,null]"
    players = ",".join(
        f'{{"seat":{seat},"player":"{guest["player_id"]}","name":"{guest["name"]}","is_bot":false}}'
        for seat, guest in enumerate(match.guests)
    )
    assert text == (
        f'{{"room_id":"{match.room}","game":"connect-four","rules_version":1,"match":1,"matches":1,'
        f'"status":"playing","seat":null,"players":[{players}],"teams":null,"may_see":[0,1],'
        f'"start":{{"version":4,"at_us":{start["at_us"]},"view":{{"board":[{",".join([row] * 6)}],'
        '"clock":{"remaining_ms":[600000,600000],"running":0},"last":null,"outcome":null,"phase":"playing","turn":0}},'
        f'"steps":[{{"epoch":"{match.epoch}","version":5,"at_us":{step["at_us"]},"kind":"action","seat":0,'
        '"type":"drop","args":{"column":3},'
        f'"ops":{ops},"checksum":{step["checksum"]}}}],"next":null}}'
    )


async def test_it_is_what_the_wire_said(server: Running) -> None:
    match = await server.table()
    await play(match, "334455")
    _, found = await server.get(f"/api/rooms/{match.room}/replay?seat=0", match.guests[0]["token"])
    patches = {patch["version"]: patch for patch in match.wires[1].named("patch")}
    live = [(patch["ops"], patch["checksum"]) for _, patch in sorted(patches.items())]
    assert [(step["ops"], step["checksum"]) for step in found["steps"]] == live
    assert found["seat"] == 0


async def test_long_matches_come_in_pages(server: Running) -> None:
    match = await server.table()
    await play(match, "334455")
    path = f"/api/rooms/{match.room}/replay"
    _, whole = await server.get(path)
    _, first = await server.get(f"{path}?limit=4")
    _, second = await server.get(f"{path}?limit=4&after={first['next']}")
    assert (first["next"], second["next"]) == (8, None)
    assert first["steps"] + second["steps"] == whole["steps"]
    assert second["start"]["version"] == 8
    assert second["start"]["view"]["last"] == {"row": 4, "column": 4, "seat": 1}


async def test_a_page_is_bounded_in_bytes(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    match = await server.table()
    await play(match, "334455")
    monkeypatch.setattr(replays, "PAGE_BYTES_MOST", 300)
    _, page = await server.get(f"/api/rooms/{match.room}/replay")
    assert (len(page["steps"]), page["next"]) == (2, 6)


async def test_it_travels_compressed_where_that_is_accepted(server: Running) -> None:
    match = await server.table()
    await play(match, "334455")
    path = f"{server.url}/api/rooms/{match.room}/replay"
    async with server.http.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert len((await answer.json())["steps"]) == 6


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?match=2", 404, "not_found"),
        ("?match=0", 400, "bad_request"),
        ("?seat=2", 403, "forbidden"),
        ("?seat=x", 400, "bad_request"),
        ("?limit=2001", 400, "bad_request"),
        ("?ply=3", 400, "bad_request"),
    ],
)
async def test_what_cannot_be_asked(server: Running, query: str, status: int, code: str) -> None:
    match = await server.table()
    got, body = await server.get(f"/api/rooms/{match.room}/replay{query}")
    assert (got, body["code"]) == (status, code)


async def test_a_room_without_a_match_and_no_room_at_all(server: Running) -> None:
    room = await server.room((await server.guest())["token"])
    status, body = await server.get(f"/api/rooms/{room['room_id']}/replay")
    assert (status, body["code"], body["detail"]) == (
        404,
        "not_found",
        "No match was played in this room yet.",
    )
    status, body = await server.get("/api/rooms/nobody-made-this-room/replay")
    assert (status, body["code"]) == (404, "unknown_room")


async def test_whoever_asks_too_often_has_to_wait(server: Running) -> None:
    async def ask() -> int:
        return (await server.get("/api/rooms/no-such-room/replay"))[0]

    statuses = [await ask() for _ in range(70)]
    assert set(statuses) == {404, 429}


async def test_too_many_at_once_are_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "WAITING_MOST", 0)
    async with running(tmp_path) as server:
        status, body = await server.get("/api/rooms/any/replay")
        assert (status, body["code"], body["retry_ms"]) == (503, "room_busy", 1000)


async def test_the_loop_goes_on_while_a_replay_is_made(server: Running) -> None:
    match = await server.table()
    await play(match, "334455")
    path = f"/api/rooms/{match.room}/replay"
    answers = await asyncio.gather(*(server.get(path) for _ in range(10)))
    assert {status for status, _ in answers} == {200}


async def test_a_match_in_real_time_ends_where_its_players_ended(server: Running) -> None:
    guests = [await server.guest("Ada"), await server.guest("Bo")]
    room = await server.room(guests[0]["token"], game="light-cycles")
    wires = [await server.wire(guest["token"]) for guest in guests]
    for wire in wires:
        assert (await wire.emit("join", {"room": room["room_id"]}))["ok"]
    begun = await wires[0].event("snapshot")
    async with asyncio.timeout(20):
        while not wires[0].named("patch"):  # the first row of ticks  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    patch = wires[0].named("patch")[-1]
    resign = {"room": room["room_id"], "epoch": begun["epoch"], "id": "resign-in-real-time", "type": "resign"}
    assert (await wires[0].emit("act", {**resign, "base": patch["version"], "args": {}}))["ok"]
    async with asyncio.timeout(20):
        while (await server.get(f"/api/rooms/{room['room_id']}"))[1]["status"] != "finished":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    _, found = await server.get(f"/api/rooms/{room['room_id']}/replay")
    assert found["status"] == "finished"
    ticks = [step["tick"] for step in found["steps"] if step["kind"] == "ticks"]
    assert ticks == list(range(1, len(ticks) + 1))
    assert len(ticks) > 10
    assert found["steps"][-1]["checksum"] == wires[0].named("patch")[-1]["checksum"]


async def test_a_running_match_shows_nobody_what_they_may_not_see(server: Running) -> None:
    guests = [await server.guest(name) for name in ("Ada", "Bo", "Eve")]
    room = await server.room(guests[0]["token"], game="liars-dice")
    wires = [await server.wire(guest["token"]) for guest in guests[:2]]
    for wire in wires:
        assert (await wire.emit("join", {"room": room["room_id"]}))["ok"]
    await wires[0].event("snapshot")
    path = f"/api/rooms/{room['room_id']}/replay"
    seats = {}
    for number, guest in enumerate(guests):
        _, found = await server.get(path, guest["token"])
        assert found["may_see"] == ([number] if number < 2 else [])
        seats[number] = found["start"]["view"]
        for seat in range(2):
            status, body = await server.get(f"{path}?seat={seat}", guest["token"])
            assert status == (200 if seat == number else 403)
            if status == 200:
                assert body["start"]["view"]["chance"]["seed"] is None
                assert body["start"]["view"] != found["start"]["view"]  # one's own dice are in it
    assert seats[0] == seats[1] == seats[2]
