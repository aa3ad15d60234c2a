"""docs/socket-server.md: its application runs, and it names everything that is public."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio

import kibitz.transport
from kibitz.transport import Namespace, RoomBroadcast, Socket, SocketServer, Target

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "socket-server.md").read_text("utf-8")
FOR_THE_TRANSPORT = {
    Namespace: {
        "add",
        "add_to_room",
        "ask",
        "ask_many",
        "fault",
        "handle",
        "tasks",
        "on_event",
        "on_invalid_event",
    }
    | {"on_typed_event", "parser", "recovery", "remove", "remove_from_room", "shapes", "stamped"},
    Socket: {"confirm", "discard", "forget_question", "hold", "keep_question", "lose_questions", "memory"}
    | {"may_be_asked", "running", "namespace", "on_ack", "session"},
    Target: set[str](),
    RoomBroadcast: {"due", "config"},
    SocketServer: set[str](),
}


def test_everything_exported_is_on_the_page() -> None:
    missing = [name for name in kibitz.transport.__all__ if not re.search(rf"\b{name}\b", PAGE)]
    assert not missing


@pytest.mark.parametrize("kind", FOR_THE_TRANSPORT)
def test_every_public_name_is_on_the_page(kind: type) -> None:
    names = {name for name in vars(kind) if not name.startswith("_")} - FOR_THE_TRANSPORT[kind]
    missing = {name for name in names if not re.search(rf"`[^`]*\b{name}\b", PAGE)}
    assert not missing


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """The page's application, as it stands there."""
    program = tmp_path / "chat.py"
    program.write_text(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(program),
        "0",
        env={"PYTHONPATH": str(ROOT / "server")},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 20)
    yield f"http://127.0.0.1:{line.split()[-1].decode()}"
    process.terminate()
    await asyncio.wait_for(process.wait(), 10)


class Guest:
    """A client of python-socketio that keeps what it hears."""

    def __init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection=False)
        self.heard: asyncio.Queue[tuple[object, ...]] = asyncio.Queue()
        self.client.on("*", self._hear)

    async def _hear(self, *event: object) -> None:
        # Recovery is on: what listeners get ends with the offset.
        self.heard.put_nowait(event[:-1])

    async def next(self) -> tuple[object, ...]:
        return await asyncio.wait_for(self.heard.get(), 5)

    async def call(self, *event: object) -> Any:
        return await self.client.call(event[0], event[1:], timeout=5)


async def test_the_chat(url: str) -> None:
    ada, bo, nobody = Guest(), Guest(), Guest()
    with pytest.raises(socketio.exceptions.ConnectionError):
        await nobody.client.connect(url, wait_timeout=5)
    await ada.client.connect(url, auth={"name": "Ada"}, transports=["websocket"])
    await bo.client.connect(url, auth={"name": "Bo"}, transports=["polling"])
    try:
        assert await ada.call("enter", "lobby") == {"ok": True, "history": []}
        assert await ada.call("say", "lobby", "Hello") == {"ok": True}
        assert await ada.next() == ("said", "lobby", {"from": "Ada", "text": "Hello"})
        entered = await bo.call("enter", "lobby")
        assert entered == {"ok": True, "history": [{"from": "Ada", "text": "Hello"}]}
        assert await ada.next() == ("entered", "lobby", "Bo")
        await bo.client.emit("typing", ("lobby",))
        assert await ada.next() == ("typing", "lobby", "Bo")
        assert await bo.call("say", "lobby", "Hi") == {"ok": True}
        for guest in (ada, bo):
            assert await guest.next() == ("said", "lobby", {"from": "Bo", "text": "Hi"})
        assert await ada.call("who", "lobby") == ["Ada", "Bo"]
        assert await ada.call("say", "elsewhere", "x") == {"ok": False}
        assert await ada.call("enter", 1) == {"ok": False}
        await bo.client.disconnect()
        assert await ada.next() == ("left", "lobby", "Bo")
        async with aiohttp.ClientSession() as http, http.get(f"{url}/healthz") as answer:
            assert await answer.text() == "ok"
    finally:
        for guest in (ada, bo, nobody):
            await guest.client.disconnect()
