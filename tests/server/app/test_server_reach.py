"""Under which names and from whose pages the server may be used: the same on every way in.

Another Host is DNS rebinding, another Origin a page of somebody else (cross-site websocket hijacking,
request forgery); a page that is refused must not get a session, a seat or a line to read.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.http_wire import HttpWire
from support.running_server import Running, bearer, running
from support.websocket_wire import HandshakeRefused, WireSocket

POLLING, WEBSOCKET = "/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=4&transport=websocket"
COOKIE = {"Cookie": "kibitz_session=x"}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


async def status(server: Running, way: str, headers: dict[str, str], room: str) -> int:
    """Of one request by this way; 101 where a websocket opens."""
    async with await HttpWire.open(server.server.port) as wire:
        if way == "websocket":
            try:
                await WireSocket.open(wire, WEBSOCKET, headers=headers)
            except HandshakeRefused as refused:
                return refused.answer.status
            return 101
        if way == "feed":
            return (await wire.request("GET", f"/api/rooms/{room}/feed", headers=headers)).status
        if way == "polling":
            return (await wire.request("GET", POLLING, headers=headers)).status
        if way == "post":
            sent = {**headers, "Content-Type": "application/json"}
            return (await wire.request("POST", "/api/session", body='{"name": "Ada"}', headers=sent)).status
        return (await wire.request("GET", way, headers=headers)).status


WAYS = ["/", "/healthz", "/openapi.json", "/api/rooms", "/nowhere", "feed", "post", "polling", "websocket"]


@pytest.mark.parametrize("way", WAYS)
async def test_another_host(server: Running, way: str) -> None:
    port = server.server.port
    room = (await server.room((await server.guest())["token"]))["room_id"]
    ours = f"127.0.0.1:{port}"
    evil = [
        f"{ours}.evil.example",
        f"evil@{ours}",
        f"{ours}, evil.example",
        "evil.example",
        f"evil.example:{port}",
    ]
    for host in (*evil, "127.0.0.1", f"127.0.0.1:{port + 1}"):
        spoofed = {"Host": host, "X-Forwarded-Host": ours, "Origin": f"http://{host}"}
        assert await status(server, way, spoofed, room) in (400, 403, 421), host


REFUSED_PAGES = {
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "another port": {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"},
    "no origin of its own": {"Origin": "null"},
    "ours as a prefix": {"Origin": "http://127.0.0.1:{port}.evil.example"},
    "ours over TLS": {"Origin": "https://127.0.0.1:{port}"},
    "no origin at all": {"Sec-Fetch-Site": "cross-site"},
}


@pytest.mark.parametrize("page", REFUSED_PAGES)
@pytest.mark.parametrize("way", ["post", "polling", "websocket"])
async def test_another_page(server: Running, way: str, page: str) -> None:
    port = str(server.server.port)
    headers = {name: value.replace("{port}", port) for name, value in REFUSED_PAGES[page].items()}
    assert await status(server, way, headers | COOKIE, "") == 403


@pytest.mark.parametrize("way", ["post", "polling", "websocket"])
async def test_our_own_page(server: Running, way: str) -> None:
    ours = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert await status(server, way, ours | COOKIE, "") in (101, 200)


async def test_a_websocket_with_a_cookie_names_its_page(server: Running) -> None:
    assert await status(server, "websocket", COOKIE, "") == 403
    assert await status(server, "websocket", {}, "") == 101


async def test_a_poll_of_another_page_ends_no_session(server: Running) -> None:
    """Whoever learns a session's id in a page of their own can still not use it."""
    async with await HttpWire.open(server.server.port) as wire:
        sid = (await wire.request("GET", POLLING)).text.partition('"sid":"')[2].partition('"')[0]
        evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        for method, body in (("GET", None), ("POST", "41"), ("POST", "1")):
            answer = await wire.request(method, f"{POLLING}&sid={sid}", body=body, headers=evil)
            assert answer.status == 403
        assert (await wire.request("POST", f"{POLLING}&sid={sid}", body="3")).status == 200


async def test_nothing_is_shared_with_other_origins(server: Running) -> None:
    """Without CORS headers a page of another origin cannot read what its browser got."""
    token = (await server.guest())["token"]
    async with await HttpWire.open(server.server.port) as wire:
        for target in ("/api/rooms", "/api/players/me", POLLING):
            headers = {"Origin": "https://evil.example", **bearer(token)}
            answer = await wire.request("GET", target, headers=headers)
            assert not [name for name in answer.headers if name.startswith("access-control-")], target
        preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        for target in ("/api/session", POLLING):
            answer = await wire.request("OPTIONS", target, headers=preflight)
            assert not [name for name in answer.headers if name.startswith("access-control-")], target
