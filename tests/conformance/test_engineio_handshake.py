"""Engine.IO v4, handshake: protocol-facts 1.1 and the session's first answer in 2.1 and 2.2."""

import json

import pytest

from support.echo_process import EchoProcess
from support.engineio_wire import ENGINE_PATH, SOCKET_PATH, Poller
from support.http_wire import HttpWire, fetch
from support.websocket_wire import HandshakeRefused, WireClosed, WireSocket

PATHS = pytest.mark.parametrize("path", [ENGINE_PATH, SOCKET_PATH])


@PATHS
async def test_polling_opens_a_session(brisk: EchoProcess, path: str) -> None:
    answer = await fetch(brisk.port, "GET", f"{path}?EIO=4&transport=polling")
    assert answer.status == 200
    assert answer.headers["content-type"].replace("utf", "UTF") == "text/plain; charset=UTF-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert "set-cookie" not in answer.headers
    assert answer.text[0] == "0"
    opened = json.loads(answer.text[1:])
    assert isinstance(opened.pop("sid"), str)
    assert opened == {
        "upgrades": ["websocket"],
        "pingInterval": 300,
        "pingTimeout": 200,
        "maxPayload": 1000000,
    }


@PATHS
async def test_websocket_opens_a_session(brisk: EchoProcess, path: str) -> None:
    wire = await HttpWire.open(brisk.port)
    async with await WireSocket.open(wire, f"{path}?EIO=4&transport=websocket") as socket:
        first = await socket.text()
    assert first[0] == "0"
    opened = json.loads(first[1:])
    assert isinstance(opened.pop("sid"), str)
    assert opened == {"upgrades": [], "pingInterval": 300, "pingTimeout": 200, "maxPayload": 1000000}


async def test_sids_are_secrets_that_differ(echo: EchoProcess) -> None:
    sids = set()
    for _ in range(20):
        async with await Poller.open(echo.port) as session:
            sids.add(session.sid)
    assert len(sids) == 20
    assert min(map(len, sids)) >= 20


@PATHS
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("transport=polling", 5),
        ("EIO=abc&transport=polling", 5),
        ("EIO=3&transport=polling", 5),
        ("EIO=5&transport=polling", 5),
        ("EIO=4", 0),
        ("EIO=4&transport=abc", 0),
        ("EIO=4&transport=webtransport", 0),
        ("EIO=4&transport=websocket", 3),
        ("EIO=4&transport=polling&sid=nobody", 1),
    ],
)
async def test_refused_handshake_has_a_coded_json_body(
    echo: EchoProcess, path: str, query: str, code: int
) -> None:
    answer = await fetch(echo.port, "GET", f"{path}?{query}")
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json["code"] == code
    assert set(answer.json) == {"code", "message"}


MESSAGES = {
    0: "Transport unknown",
    1: "Session ID unknown",
    2: "Bad handshake method",
    3: "Bad request",
    5: "Unsupported protocol version",
}


@pytest.mark.parametrize(
    ("method", "query", "code"),
    [
        ("GET", "EIO=4&transport=abc", 0),
        ("POST", "EIO=4&transport=polling&sid=nobody", 1),
        ("POST", "EIO=4&transport=polling", 2),
        ("PUT", "EIO=4&transport=polling", 2),
        ("GET", "EIO=4&transport=websocket", 3),
        ("GET", "EIO=5&transport=polling", 5),
    ],
)
async def test_error_messages(echo: EchoProcess, method: str, query: str, code: int) -> None:
    body = "4hello" if method != "GET" else None
    answer = await fetch(echo.port, method, f"{ENGINE_PATH}?{query}", body=body)
    assert answer.status == 400
    assert answer.json == {"code": code, "message": MESSAGES[code]}


@PATHS
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_handshake_by_another_method_is_refused(echo: EchoProcess, path: str, method: str) -> None:
    answer = await fetch(echo.port, method, f"{path}?EIO=4&transport=polling", body="")
    assert answer.status == 400
    assert answer.json["code"] == 2


@PATHS
@pytest.mark.parametrize(
    "query",
    [
        "transport=websocket",
        "EIO=abc&transport=websocket",
        "EIO=3&transport=websocket",
        "EIO=4",
        "EIO=4&transport=abc",
        "EIO=4&transport=websocket&sid=nobody",
    ],
)
async def test_refused_websocket_handshake_ends_the_connection(
    echo: EchoProcess, path: str, query: str
) -> None:
    """HTTP 400 and an upgrade that is closed at once are both right."""
    wire = await HttpWire.open(echo.port)
    with pytest.raises((HandshakeRefused, WireClosed)) as ended:
        async with await WireSocket.open(wire, f"{path}?{query}") as socket:
            await socket.receive()
    if isinstance(ended.value, HandshakeRefused):
        assert ended.value.answer.status == 400


async def test_unknown_query_keys_change_nothing(echo: EchoProcess) -> None:
    async with await Poller.open(echo.port, query="&t=k3x9&room=7&b=%C3%A9") as session:
        await session.push("4hello")
        assert await session.poll() == ["4hello"]


async def test_path_without_trailing_slash_is_another_path(echo: EchoProcess) -> None:
    answer = await fetch(echo.port, "GET", "/engine.io?EIO=4&transport=polling")
    assert answer.status == 404


async def test_open_session_admits_only_its_own_transport(echo: EchoProcess) -> None:
    wire = await HttpWire.open(echo.port)
    async with await WireSocket.open(wire, f"{ENGINE_PATH}?EIO=4&transport=websocket") as socket:
        sid = json.loads((await socket.text())[1:])["sid"]
        answer = await fetch(echo.port, "GET", f"{ENGINE_PATH}?EIO=4&transport=polling&sid={sid}")
        assert answer.status == 400
        assert answer.json["code"] == 3
        await socket.send("4still")
        assert await socket.text() == "4still"
