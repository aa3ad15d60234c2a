from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from kibitz.app.server import Server
from kibitz.config import Settings
from support.scripted_seat import Seated

StartServer = Callable[[], Awaitable[Server]]


@pytest.fixture
async def start_server(tmp_path: Path) -> AsyncIterator[StartServer]:
    """Starts a whole server in this loop, on one data directory and one port; again after a `stop`."""
    started: list[Server] = []
    ports: list[int] = []

    def fatal(sentence: str) -> None:
        raise AssertionError(sentence)

    async def start() -> Server:
        settings = Settings(data=tmp_path / "data", port=ports[0] if ports else 0, limits="off")
        server = await Server.start(settings, fatal=fatal)
        ports.append(server.port)
        started.append(server)
        return server

    yield start
    for server in started:
        await server.stop()


@pytest.fixture
async def seated() -> AsyncIterator[Seated]:
    seated = Seated()
    await seated.connect()
    yield seated
    await seated.close()
