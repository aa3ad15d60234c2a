"""Servers in memory: with the echo's application, without any, and with recovery."""

from dataclasses import replace

import pytest

from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.echo import EngineEcho, register
from kibitz.transport.namespace import Namespace
from support.memory_wire import MemoryServer
from support.recovery_client import make_recovering

CONFIG = replace(SOCKETIO_PROFILE, outbox_bytes_max=100_000, write_buffer_bytes=1_000)


@pytest.fixture
def memory() -> MemoryServer:
    server = MemoryServer(CONFIG)
    server.server.serve_engine("/engine.io/", EngineEcho)
    register(server.server.namespace("/"), server.server.namespace("/custom"))
    return server


@pytest.fixture
def bare() -> MemoryServer:
    """With no handler, as an application begins."""
    return MemoryServer(SOCKETIO_PROFILE)


@pytest.fixture
def recovering() -> MemoryServer:
    return make_recovering()


@pytest.fixture
def main(request: pytest.FixtureRequest) -> Namespace:
    """The namespace `/` of the one that the test takes; of `bare` where it takes none."""
    taken = "recovering" if "recovering" in request.fixturenames else "bare"
    server: MemoryServer = request.getfixturevalue(taken)
    return server.server.namespace("/")
