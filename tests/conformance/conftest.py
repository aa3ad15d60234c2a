"""A running echo server, and the ways to reach it.

`echo` has a heartbeat that no test outlives, `brisk` the short one of the protocols' public suites, and
`lenient` pings as often as that but waits longer for what a test answers.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from support.echo_process import BRISK, LENIENT, SLOW, EchoProcess
from support.engineio_wire import ENGINE_PATH, SOCKET_PATH, Poller
from support.http_wire import HttpWire
from support.websocket_wire import Dial, WireSocket


def _run(server: EchoProcess) -> Iterator[EchoProcess]:
    server.start()
    yield server
    assert server.is_running(), "some test ended the server"
    server.stop()


@pytest.fixture(scope="session")
def echo() -> Iterator[EchoProcess]:
    yield from _run(EchoProcess(SLOW))


@pytest.fixture(scope="session")
def brisk() -> Iterator[EchoProcess]:
    yield from _run(EchoProcess(BRISK))


@pytest.fixture(scope="session")
def lenient() -> Iterator[EchoProcess]:
    yield from _run(EchoProcess(LENIENT))


@pytest.fixture
async def http(echo: EchoProcess) -> AsyncIterator[HttpWire]:
    """A connection that nothing was sent on yet."""
    async with await HttpWire.open(echo.port) as wire:
        yield wire


@pytest.fixture(params=["acceptor", "kept-alive"])
async def dial(request: pytest.FixtureRequest, echo: EchoProcess) -> AsyncIterator[Dial]:
    """Open a websocket by either way in: as a connection's first request, or as a later one.

    `dial(target)` gives a `WireSocket` from which nothing was read yet.
    """
    async with AsyncExitStack() as open_sockets:

        async def open_socket(
            target: str = f"{ENGINE_PATH}?EIO=4&transport=websocket", **more: object
        ) -> WireSocket:
            wire = await HttpWire.open(echo.port)
            if request.param == "kept-alive":
                earlier = await wire.request("GET", f"{ENGINE_PATH}?EIO=4&transport=polling")
                assert earlier.status == 200
            socket = await WireSocket.open(wire, target, **more)  # type: ignore[arg-type]
            return await open_sockets.enter_async_context(socket)

        yield open_socket


@pytest.fixture
async def raw(dial: Dial) -> WireSocket:
    """An Engine.IO websocket session of the echo; its open packet is read."""
    socket = await dial()
    assert (await socket.text()).startswith("0{")
    return socket


@pytest.fixture
async def sio(dial: Dial) -> WireSocket:
    """A websocket session on the Socket.IO path that joined no namespace yet."""
    socket = await dial(f"{SOCKET_PATH}?EIO=4&transport=websocket")
    assert (await socket.text()).startswith("0{")
    return socket


@pytest.fixture
async def main(sio: WireSocket) -> WireSocket:
    """The same, connected to the namespace `/`."""
    await sio.send("40")
    assert (await sio.text()).startswith('40{"sid":')
    assert await sio.text() == '42["auth",{}]'
    return sio


@pytest.fixture
async def poller(echo: EchoProcess) -> AsyncIterator[Poller]:
    """An open polling session of the echo."""
    async with await Poller.open(echo.port) as session:
        yield session
