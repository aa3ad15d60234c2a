from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from kibitz.client.errors import CannotConnect, Refused, UnexpectedAnswer
from kibitz.client.rest import Rest

PROBLEM = "application/problem+json"


class Api:
    """Answers what a test laid down, and notes what was asked."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], web.Response] = {}
        self.asked: list[tuple[str, str, object, str | None]] = []

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        self.asked.append((request.method, request.path_qs, body, request.headers.get("Authorization")))
        return self.answers[request.method, request.path]


@pytest.fixture
async def api() -> AsyncIterator[tuple[Api, Rest]]:
    api = Api()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.handle)
    async with TestServer(app) as running, aiohttp.ClientSession() as http:
        yield api, Rest(http, str(running.make_url("/")))


async def test_a_session_is_asked_for_and_its_token_used_from_then_on(api: tuple[Api, Rest]):
    server, rest = api
    server.answers["POST", "/api/session"] = web.json_response(
        {"player_id": "b_1", "name": "Bo", "token": "secret", "of_tomorrow": 1}
    )
    server.answers["GET", "/api/rooms"] = web.json_response({"rooms": []})
    guest = await rest.open_session("Bo", "bot")
    assert (guest.player_id, guest.name) == ("b_1", "Bo")
    assert await rest.rooms(game="connect-four") == []
    assert server.asked == [
        ("POST", "/api/session", {"name": "Bo", "client": "bot"}, None),
        ("GET", "/api/rooms?game=connect-four", None, "Bearer secret"),
    ]


async def test_a_room_is_created_with_what_was_said_and_nothing_else(api: tuple[Api, Rest]):
    server, rest = api
    answer = {"room_id": "r", "code": "ABCDEFGH", "invite_url": "http://x/r/ABCDEFGH"}
    server.answers["POST", "/api/rooms"] = web.json_response(answer, status=201)
    assert (await rest.create_room("connect-four")).code == "ABCDEFGH"
    server.answers["POST", "/api/rooms"] = web.json_response(answer, status=201)
    await rest.create_room("connect-four", options={"clock_ms": None}, seats=2, is_private=True, bots=1)
    assert [body for _, _, body, _ in server.asked] == [
        {"game": "connect-four"},
        {"game": "connect-four", "options": {"clock_ms": None}, "seats": 2, "private": True, "bots": 1},
    ]


async def test_events_come_in_pages(api: tuple[Api, Rest]):
    server, rest = api
    event = {"epoch": "e", "version": 3, "at_us": 1, "kind": "action", "seat": 0, "type": "drop"}
    server.answers["GET", "/api/rooms/r/events"] = web.json_response(
        {"events": [event | {"args": {"column": 3}}], "next": 3}
    )
    page = await rest.events("r", after=2, limit=1)
    assert (page.events[0].args, page.next) == ({"column": 3}, 3)
    assert server.asked[0][1] == "/api/rooms/r/events?after=2&limit=1"


async def test_a_path_is_not_made_of_what_a_caller_says(api: tuple[Api, Rest]):
    server, rest = api
    server.answers["GET", "/api/rooms/../me"] = web.json_response({}, status=404, content_type=PROBLEM)
    with pytest.raises(Refused):
        await rest.room("../me")
    assert server.asked[0][1] == "/api/rooms/..%2Fme"


async def test_problem_details_become_a_refusal(api: tuple[Api, Rest]):
    server, rest = api
    server.answers["GET", "/api/rooms/r"] = web.json_response(
        {"type": "x", "title": "Unknown room", "status": 404, "detail": "No such.", "code": "unknown_room"},
        status=404,
        content_type=PROBLEM,
    )
    with pytest.raises(Refused, match=r"unknown_room: No such\."):
        await rest.room("r")


async def test_another_server_and_no_server_are_told_apart(api: tuple[Api, Rest]):
    server, rest = api
    server.answers["GET", "/api/games"] = web.Response(text="<html>")
    with pytest.raises(UnexpectedAnswer):
        await rest.games()
    server.answers["GET", "/api/games"] = web.Response(text="<html>", status=502)
    with pytest.raises(Refused, match="502"):
        await rest.games()
    async with aiohttp.ClientSession() as http:
        with pytest.raises(CannotConnect):
            await Rest(http, "http://127.0.0.1:9").games()
