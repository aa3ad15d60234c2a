"""REST as clients see it: contract, refusals, and what keeps other pages out."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.http_wire import ConnectionEnded, HttpWire
from support.running_server import Running, bearer, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


async def test_a_browser_gets_a_cookie_and_no_token(server: Running) -> None:
    url = f"{server.url}/api/session"
    async with server.http.post(url, json={"name": "Ada"}) as answer:
        body = await answer.json()
        cookie = answer.headers["Set-Cookie"]
    assert set(body) == {"player_id", "name"}
    assert body["player_id"].startswith("p_")
    assert cookie.startswith("kibitz_session=")
    parts = {part.strip() for part in cookie.split(";")}
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert "Secure" not in parts
    token = cookie.split(";")[0].partition("=")[2]
    status, me = await server.get("/api/players/me", Cookie=f"kibitz_session={token}")
    assert (status, me) == (200, {**body, "is_bot": False, "games": [], "recent": []})
    # With a session only the name changes.
    headers = {"Cookie": f"kibitz_session={token}"}
    async with server.http.post(url, json={"name": "Ada L."}, headers=headers) as answer:
        assert (await answer.json()) == {"player_id": body["player_id"], "name": "Ada L."}
        assert "Set-Cookie" not in answer.headers


async def test_over_tls_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    async with running(tmp_path, public_url="https://play.example.org") as server:
        headers = {"Host": "play.example.org", "Origin": "https://play.example.org"}
        async with server.http.post(
            f"{server.url}/api/session", json={"name": "Ada"}, headers=headers
        ) as answer:
            cookie = answer.headers["Set-Cookie"]
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        assert cookie.startswith("__Host-kibitz_session=")
        assert "Secure" in {part.strip() for part in cookie.split(";")}
        guest = await server.guest()
        room = await server.room(guest["token"])
        assert room["invite_url"] == f"https://play.example.org/r/{room['code']}"


async def test_programs_get_a_token_and_bots_are_marked(server: Running) -> None:
    guest, bot = await server.guest("Ada", "api"), await server.guest("Robo", "bot")
    assert guest["token"] != bot["token"]
    assert bot["player_id"].startswith("b_")
    _, me = await server.get("/api/players/me", bot["token"])
    assert (me["player_id"], me["name"], me["is_bot"]) == (bot["player_id"], "Robo", True)


@pytest.mark.parametrize("name", ["", " ", "x" * 25, "a\u202eb", "\u200b", 7])
async def test_names_that_would_fool_somebody_are_refused(server: Running, name: Any) -> None:
    async with server.http.post(f"{server.url}/api/session", json={"name": name}) as answer:
        assert answer.status == 400
        assert answer.content_type == "application/problem+json"
        body = await answer.json()
    assert (body["code"], body["status"]) == ("bad_request", 400)


async def test_rooms_are_made_listed_found_and_described(server: Running) -> None:
    guest = await server.guest()
    _, games = await server.get("/api/games")
    (game,) = [game for game in games["games"] if game["name"] == "connect-four"]
    assert (game["seats_least"], game["seats_most"], game["has_bots"]) == (2, 2, True)
    public = await server.room(guest["token"])
    hidden = await server.room(guest["token"], private=True, options={"clock_ms": None})
    assert public["invite_url"] == f"{server.url}/r/{public['code']}"
    _, listed = await server.get("/api/rooms?game=connect-four&status=waiting")
    assert [room["room_id"] for room in listed["rooms"]] == [public["room_id"]]
    assert listed["rooms"][0]["code"] is None
    status, by_id = await server.get(f"/api/rooms/{hidden['room_id']}")
    assert (status, by_id["code"], by_id["is_private"]) == (200, hidden["code"], True)
    _, by_code = await server.get(f"/api/rooms/{hidden['code'].lower()}")
    assert by_code == by_id
    assert [seat["player"] for seat in by_id["seats"]] == [None, None]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"game": "chess"}, 404, "unknown_game"),
        ({"game": "connect-four", "options": {"colour": 1}}, 400, "bad_options"),
        ({"game": "connect-four", "options": []}, 400, "bad_options"),
        ({"game": "connect-four", "seats": 5}, 400, "bad_options"),
        ({"game": "connect-four", "sets": 2}, 400, "bad_request"),
        ({}, 400, "bad_request"),
        ([], 400, "bad_request"),
    ],
)
async def test_rooms_that_cannot_be(server: Running, body: Any, status: int, code: str) -> None:
    guest = await server.guest()
    headers = bearer(guest["token"])
    async with server.http.post(f"{server.url}/api/rooms", json=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/rooms/no-such-room-no-such-ro", 404, "unknown_room"),
        ("/api/rooms/ABCDEFGH", 404, "unknown_room"),
        ("/api/rooms/no-such-room-no-such-ro/events", 404, "unknown_room"),
        ("/api/rooms/no-such-room-no-such-ro/feed", 404, "unknown_room"),
        ("/api/rooms/no-such-room-no-such-ro/invite.svg", 404, "unknown_room"),
        ("/api/rooms?status=broken", 400, "bad_request"),
        ("/api/rooms?sort=1", 400, "bad_request"),
        ("/api/players/me", 401, "unauthenticated"),
        ("/api/nothing", 404, "not_found"),
        ("/nothing", 404, "not_found"),
        ("/assets/../../etc/passwd", 404, "not_found"),
        ("/api/session", 405, "method_not_allowed"),
    ],
)
async def test_problems_have_a_code(server: Running, path: str, status: int, code: str) -> None:
    got, body = await server.get(path)
    assert (got, body["code"], body["status"]) == (status, code, status)
    assert body["type"] == f"urn:kibitz:{code}"
    assert set(body) <= {"type", "title", "status", "detail", "code", "retry_ms"}


async def test_a_replay_is_read_in_pages_and_shows_ids_to_their_owner_only(server: Running) -> None:
    match = await server.table()
    assert (await match.wires[0].emit("act", match.drop(3, match.version, "mine")))["ok"]
    path = f"/api/rooms/{match.room}/events"
    _, page = await server.get(f"{path}?limit=2")
    assert ([e["version"] for e in page["events"]], page["next"]) == ([1, 2], 2)
    _, rest = await server.get(f"{path}?after=2", match.guests[0]["token"])
    assert rest["next"] is None
    kinds = [event["kind"] for event in page["events"] + rest["events"]]
    assert kinds == ["created", "joined", "joined", "started", "action"]
    move = rest["events"][-1]
    assert (move["type"], move["args"], move["seat"]) == ("drop", {"column": 3}, 0)
    assert move["action_id"] == "mine".ljust(16, "_")
    for token in (match.guests[1]["token"], None):
        _, seen = await server.get(f"{path}?after=2", token)
        assert [event["action_id"] for event in seen["events"]] == [None] * len(seen["events"])
        assert "seed" not in json.dumps(seen)


async def test_the_invite_is_a_picture_without_scripts(server: Running) -> None:
    room = await server.room((await server.guest())["token"])
    async with server.http.get(f"{server.url}/api/rooms/{room['room_id']}/invite.svg") as answer:
        text = await answer.text()
        assert answer.content_type == "image/svg+xml"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert text.startswith("<svg")
    assert "script" not in text


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403, "origin_refused"),
        ({"Sec-Fetch-Site": "same-site"}, 403, "origin_refused"),
        ({"Origin": "http://evil.example"}, 403, "origin_refused"),
        ({"Origin": "null"}, 403, "origin_refused"),
        ({"Content-Type": "text/plain"}, 415, "bad_request"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "bad_request"),
        ({"Host": "evil.example"}, 421, "host_refused"),
    ],
)
async def test_other_pages_change_nothing(
    server: Running, headers: dict[str, str], status: int, code: str
) -> None:
    sent = {"Content-Type": "application/json", **headers}
    async with server.http.post(f"{server.url}/api/session", data=b'{"name":"Ada"}', headers=sent) as answer:
        assert (answer.status, (await answer.json())["code"]) == (status, code)
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_our_own_page_may(server: Running) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": server.url}
    async with server.http.post(f"{server.url}/api/session", json={"name": "Ada"}, headers=headers) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("body", [b"{", b'{"name":"Ada"}{}', b"\xff", b"[" * 60_000, b'"' + b"x" * 70_000])
async def test_bodies_that_are_no_json_or_too_long(server: Running, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with server.http.post(f"{server.url}/api/session", data=body, headers=headers) as answer:
        expected = (413, "too_large") if len(body) > 65_536 else (400, "bad_request")
        assert (answer.status, (await answer.json())["code"]) == expected


async def test_every_answer_carries_the_headers(server: Running) -> None:
    room = await server.room((await server.guest())["token"])
    feed = f"/api/rooms/{room['room_id']}/feed"
    for path in ("/api/games", "/nothing", "/", "/openapi.json", "/api/players/me", feed):
        async with server.http.get(server.url + path) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "aiohttp" not in answer.headers.get("Server", "")
            assert "Set-Cookie" not in answer.headers


async def test_without_a_build_the_page_says_what_to_do(server: Running) -> None:
    async with server.http.get(f"{server.url}/", headers={"Accept": "text/html"}) as answer:
        assert answer.status == 503
        assert "scripts/setup" in await answer.text()


async def test_join_codes_cannot_be_tried_out(server: Running) -> None:
    room = await server.room((await server.guest())["token"])
    for _ in range(20):
        assert (await server.get(f"/api/rooms/{room['code']}"))[0] == 200, "a right code costs nothing"
    statuses = [(await server.get(f"/api/rooms/AAAAAA{n:02}"))[0] for n in range(12)]
    assert statuses[:10] == [404] * 10
    assert statuses[10:] == [429] * 2


async def test_the_description_names_every_route(server: Running) -> None:
    status, described = await server.get("/openapi.json")
    assert status == 200
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in server.server.application.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    pages = {"/", "/r/{room}", "/room/{room}", "/replay/{room}", "/embed/{room}", "/player"}
    pages.add("/leaderboard/{game}")
    api = {(method, path) for method, path in served if path not in pages and "{path}" not in path}
    assert api == {(method, path) for path, of in described["paths"].items() for method in of}
    refs = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)))
    assert refs <= set(described["components"]["schemas"])
    assert described["openapi"] == "3.1.0"


async def test_a_room_that_was_closed_can_still_be_read(tmp_path: Path) -> None:
    from kibitz.rooms.services.config import RoomsConfig

    async with running(tmp_path, rooms=RoomsConfig(waiting_unjoined_ms=1)) as server:
        room = await server.room((await server.guest())["token"])
        async with asyncio.timeout(10):
            while (await server.get(f"/api/rooms/{room['room_id']}"))[1]["status"] != "closed":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        status, info = await server.get(f"/api/rooms/{room['room_id']}")
        assert (status, info["game"], info["code"]) == (200, "connect-four", None)
        _, page = await server.get(f"/api/rooms/{room['room_id']}/events")
        assert [event["kind"] for event in page["events"]] == ["created", "closed"]
        assert (await server.get(f"/api/rooms/{room['room_id']}/feed"))[0] == 410
        assert (await server.get(f"/api/rooms/{room['code']}"))[0] in (404, 410)


async def test_who_asks_too_much_loses_the_connection(server: Running) -> None:
    """Or refused requests would keep as many connections open as somebody wants."""
    async with await HttpWire.open(server.server.port) as wire:
        await wire.write(wire.request_bytes("GET", "/api/rooms/AAAAAAAA") * 11)
        answers = [await wire.answer() for _ in range(11)]
        assert [answer.status for answer in answers] == [404] * 10 + [429]
        assert answers[-1].headers["connection"] == "close"
        with pytest.raises(ConnectionEnded):
            await wire.request("GET", "/healthz")
