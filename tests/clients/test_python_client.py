"""python-socketio's asyncio client, by each kind of transport."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
import socketio

from support.echo_process import EchoProcess, better_than_the_reference

pytestmark = [
    pytest.mark.clients,
    # The client leaves its HTTP session open where an attempt to reconnect fails.
    pytest.mark.filterwarnings("ignore:[Uu]nclosed:ResourceWarning"),
]

_TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrading": ["polling", "websocket"]}
_WAIT_S = 10.0
_LARGE = 700_000
Arguments = tuple[Any, ...]


class Client:
    """The client, and every event that it heard, by name."""

    def __init__(self, transport: str) -> None:
        self.transport = transport
        self.socket = socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=0.2)
        self._heard: dict[str, asyncio.Queue[Arguments]] = {}
        for event in ("auth", "message-back", "connect", "disconnect", "connect_error"):
            for namespace in ("/", "/custom", "/random"):
                self._listen(event, namespace)

    def _listen(self, event: str, namespace: str) -> None:
        queue = self._heard.setdefault(event, asyncio.Queue())

        async def note(*arguments: Any) -> None:
            queue.put_nowait(arguments)

        self.socket.on(event, note, namespace=namespace)

    async def heard(self, event: str) -> Arguments:
        async with asyncio.timeout(_WAIT_S):
            return await self._heard[event].get()

    async def connect(self, server: EchoProcess, namespace: str = "/", auth: Any = None) -> None:
        await self.socket.connect(
            server.url, transports=_TRANSPORTS[self.transport], namespaces=[namespace], auth=auth
        )
        expected = "polling" if self.transport == "polling" else "websocket"
        assert self.socket.transport() == expected


@pytest.fixture(params=_TRANSPORTS)
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    client = Client(request.param)
    yield client
    await client.socket.shutdown()
    async with asyncio.timeout(_WAIT_S):
        await client.socket.eio.wait()  # its reading task ends after `shutdown` returned
    session = client.socket.eio.http
    if session is not None and not session.closed:  # left open where the server ended the connection
        await session.close()
    del client, session
    gc.collect()  # what it left open is collected here, where the warning is expected


@pytest.fixture
async def connected(client: Client, echo: EchoProcess) -> Client:
    await client.connect(echo)
    return client


async def test_connect_with_auth(client: Client, echo: EchoProcess) -> None:
    await client.connect(echo, auth={"token": "123", "list": [1, None]})
    assert await client.heard("auth") == ({"token": "123", "list": [1, None]},)


async def test_custom_namespace(client: Client, echo: EchoProcess) -> None:
    await client.connect(echo, "/custom", auth={"a": 1})
    assert await client.heard("auth") == ({"a": 1},)


async def test_unknown_namespace(client: Client, echo: EchoProcess) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(echo, "/random")
    assert await client.heard("connect_error") == ({"message": "Invalid namespace"},)


async def test_round_trip(connected: Client) -> None:
    sent = (1, "2", {"3": [True, None, "é🎲"]}, [], "")
    await connected.socket.emit("message", sent)
    assert await connected.heard("message-back") == sent


async def test_acks_both_ways(connected: Client) -> None:
    connected.socket.on("asked", lambda question: ("answer to", question))
    assert await connected.socket.call("message-with-ack", (1, {"3": [False]}), timeout=_WAIT_S) == (
        1,
        {"3": [False]},
    )
    assert await connected.socket.call("ask", "why?", timeout=_WAIT_S) == ("answer to", "why?")


async def test_binary_both_ways(connected: Client) -> None:
    sent = (b"\x01\x02\x03", {"deep": [b"\x00\xff"], "plain": "text"})
    await connected.socket.emit("message", sent)
    assert await connected.heard("message-back") == sent


async def test_binary_in_acks(connected: Client) -> None:
    connected.socket.on("asked", lambda received: received + b"\x09")
    assert (
        await connected.socket.call("message-with-ack", b"\x01\x02\x03", timeout=_WAIT_S) == b"\x01\x02\x03"
    )
    assert await connected.socket.call("ask", b"\x07\x08", timeout=_WAIT_S) == b"\x07\x08\x09"


@better_than_the_reference
async def test_burst_keeps_its_order(connected: Client) -> None:
    """This client gives up on a poll of more than 16 packets."""
    for number in range(200):
        await connected.socket.emit("message", number)
    assert [await connected.heard("message-back") for _ in range(200)] == [(number,) for number in range(200)]


@pytest.mark.parametrize("message", ["k" * _LARGE, b"k" * _LARGE], ids=["text", "binary"])
async def test_large_message(connected: Client, message: str | bytes) -> None:
    assert await connected.socket.call("message-with-ack", message, timeout=_WAIT_S) == message


async def test_server_disconnects_the_namespace(connected: Client) -> None:
    await connected.socket.emit("kick")
    assert (await connected.heard("disconnect"))[-1] == "server disconnect"


async def test_server_disconnects_the_transport(connected: Client) -> None:
    await connected.socket.emit("kick", True)
    await connected.heard("disconnect")


async def test_reconnects_after_a_restart(client: Client, own_echo: EchoProcess) -> None:
    await client.connect(own_echo, auth={"token": "kept"})
    assert await client.heard("auth") == ({"token": "kept"},)
    await own_echo.restart_async()
    assert await client.heard("auth") == ({"token": "kept"},)
    assert await client.socket.call("message-with-ack", "again", timeout=_WAIT_S) == "again"
