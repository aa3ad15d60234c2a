"""The echo's application on a server in memory."""

from dataclasses import replace

import pytest

from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.echo import EngineEcho, register
from support.memory_wire import MemoryServer

CONFIG = replace(SOCKETIO_PROFILE, outbox_bytes_max=100_000, write_buffer_bytes=1_000)


@pytest.fixture
def memory() -> MemoryServer:
    server = MemoryServer(CONFIG)
    server.server.serve_engine("/engine.io/", EngineEcho)
    register(server.server.namespace("/"), server.server.namespace("/custom"))
    return server
