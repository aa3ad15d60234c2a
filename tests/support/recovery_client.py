"""A client that recovers its connection state as the unchanged JavaScript client does."""

import asyncio
import json
from dataclasses import replace
from typing import Any

from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.namespace import Namespace
from kibitz.transport.recovery import Recovery, RecoveryConfig
from support.memory_wire import MemoryServer, MemoryWire


class Client:
    """What socket.io-client keeps: its pid, and the last string at the end of an event."""

    def __init__(self, memory: MemoryServer) -> None:
        self.memory = memory
        self.pid: str | None = None
        self.offset: str | None = None
        self.sid = ""
        self.is_recovered = False
        self.got: list[list[Any]] = []
        self.wire = self.connect()

    def connect(self) -> MemoryWire:
        wire = self.memory.websocket()
        auth = {} if self.pid is None else {"pid": self.pid}
        if self.offset is not None:
            auth["offset"] = self.offset
        wire.send(f"40{json.dumps(auth)}")
        self.wire = wire
        self.read()
        return wire

    def drop(self) -> None:
        """What is on its way is lost."""
        self.memory.turn()
        self.wire.lose()

    def read(self) -> list[list[Any]]:
        """The events since the last call, as an application gets them (offsets taken off)."""
        self.memory.turn()
        new: list[list[Any]] = []
        for message in self.wire.take():
            if not isinstance(message, str):
                continue
            if message.startswith('40{"sid"'):
                told = json.loads(message[2:])
                self.is_recovered = self.pid is not None and told["pid"] == self.pid
                self.pid, self.sid = told["pid"], told["sid"]
            elif message.startswith("42"):
                *event, last = json.loads(message[message.index("[") :])
                assert isinstance(last, str)
                self.offset = last
                new.append(event)
        self.got += new
        return new


def make_recovering(config: RecoveryConfig | None = None) -> MemoryServer:
    memory = MemoryServer(replace(SOCKETIO_PROFILE, recovery=config or RecoveryConfig()))
    memory.server.namespace("/").on("enter", lambda socket, args, ack: socket.enter(str(args[0])))
    return memory


def recovery(namespace: Namespace) -> Recovery:
    assert namespace.recovery is not None
    return namespace.recovery


def replace_client(client: Client) -> Client:
    """Another page that knows the same secret."""
    other = Client(client.memory)
    other.wire.lose()
    other.pid, other.offset = client.pid, client.offset
    return other


async def settle(client: Client) -> None:
    for _ in range(4):
        await asyncio.sleep(0)
    client.read()
