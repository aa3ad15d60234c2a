"""RFC 6455, section 4: the opening handshake, by both ways in, and the request heads before it."""

import pytest

from support.echo_process import EchoProcess, better_than_the_reference
from support.engineio_wire import ENGINE_PATH
from support.http_wire import ConnectionEnded, HttpWire
from support.websocket_wire import Dial, WireSocket, accept_of, upgrade_headers

TARGET = f"{ENGINE_PATH}?EIO=4&transport=websocket"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


@pytest.fixture(params=["acceptor", "kept-alive"])
async def entry(request: pytest.FixtureRequest, http: HttpWire) -> HttpWire:
    """A connection as an upgrade finds it, by either way in."""
    if request.param == "kept-alive":
        assert (await http.request("GET", f"{ENGINE_PATH}?EIO=4&transport=polling")).status == 200
    return http


async def test_accept_is_that_of_the_key(entry: HttpWire) -> None:
    """The key and the answer are the RFC's own example (section 1.3)."""
    answer = await entry.request("GET", TARGET, headers=upgrade_headers(KEY))
    assert answer.status == 101
    assert answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" == accept_of(KEY)
    assert answer.headers["connection"].lower() == "upgrade"
    assert answer.headers["upgrade"].lower() == "websocket"
    assert "sec-websocket-protocol" not in answer.headers
    assert "sec-websocket-extensions" not in answer.headers


async def test_header_names_and_tokens_in_any_case(entry: HttpWire) -> None:
    headers = {
        "CONNECTION": "keep-alive, UPGRADE",
        "upgrade": "WebSocket",
        "sec-websocket-VERSION": "13",
        "SEC-WebSocket-key": KEY,
    }
    assert (await entry.request("GET", TARGET, headers=headers)).status == 101


@pytest.mark.parametrize(
    "change",
    [
        {"Sec-WebSocket-Key": ""},
        {"Sec-WebSocket-Key": "c2hvcnQ="},
        {"Sec-WebSocket-Key": "not base64 at all!!"},
        pytest.param({"Sec-WebSocket-Version": "8"}, marks=better_than_the_reference),
        {"Sec-WebSocket-Version": ""},
    ],
    ids=["no key", "short key", "bad key", "version 8", "no version"],
)
async def test_incomplete_handshake_is_refused(entry: HttpWire, change: dict[str, str]) -> None:
    answer = await entry.request("GET", TARGET, headers=upgrade_headers(KEY) | change)
    assert answer.status in (400, 426)


async def test_post_is_no_handshake(entry: HttpWire) -> None:
    try:
        answer = await entry.request("POST", TARGET, headers=upgrade_headers(KEY))
    except ConnectionEnded:
        return
    assert answer.status in (400, 405)


async def test_head_may_come_byte_by_byte(http: HttpWire) -> None:
    for byte in http.request_bytes("GET", TARGET, headers=upgrade_headers(KEY)):
        await http.write(bytes([byte]))
    assert (await http.answer()).status == 101


async def test_connection_that_hangs_up_in_its_head_harms_nobody(echo: EchoProcess) -> None:
    for data in (b"", b"G", b"GET /engine.io/?EIO=4", b"\x16\x03\x01\x02\x00", b"\r\n\r\n\r\n"):
        async with await HttpWire.open(echo.port) as wire:
            await wire.write(data)
    async with await HttpWire.open(echo.port) as wire:
        assert (await wire.request("GET", f"{ENGINE_PATH}?EIO=4&transport=polling")).status == 200


@better_than_the_reference
@pytest.mark.parametrize("junk", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 4, b"nonsense\r\n\r\n"])
async def test_bytes_that_are_no_http_are_refused(http: HttpWire, junk: bytes) -> None:
    await http.write(junk + b"\r\n\r\n")
    try:
        assert (await http.answer()).status == 400
    except ConnectionEnded:
        pass


@pytest.mark.parametrize("first", ["GET", "upgrade"])
async def test_endless_head_is_refused(http: HttpWire, first: str) -> None:
    headers = upgrade_headers(KEY) if first == "upgrade" else {}
    many = {f"X-Filler-{number}": "k" * 1000 for number in range(200)}
    try:
        answer = await http.request("GET", TARGET, headers=headers | many)
    except ConnectionEnded:
        return
    assert answer.status in (400, 431)


async def test_requests_one_behind_the_other_are_answered_in_order(http: HttpWire) -> None:
    good = http.request_bytes("GET", f"{ENGINE_PATH}?EIO=4&transport=polling")
    bad = http.request_bytes("GET", f"{ENGINE_PATH}?EIO=4&transport=abc")
    await http.write(good + bad + good)
    assert [(await http.answer()).status for _ in range(3)] == [200, 400, 200]


async def test_plain_websocket_of_another_path_is_refused(echo: EchoProcess) -> None:
    async with await HttpWire.open(echo.port) as wire:
        await wire.send("GET", "/nothing/?EIO=4&transport=websocket", headers=upgrade_headers(KEY))
        try:
            answer = await wire.answer()
        except (ConnectionEnded, TimeoutError):
            return
        assert answer.status in (400, 404)


async def test_websocket_works_right_after_the_handshake(dial: Dial) -> None:
    socket: WireSocket = await dial()
    assert (await socket.text()).startswith("0{")
    await socket.send("4x")
    assert await socket.text() == "4x"
