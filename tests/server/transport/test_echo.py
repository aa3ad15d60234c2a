"""The echo's own events, and its command line."""

import asyncio
import os
import signal
import socket
import sys

import pytest

from kibitz.transport import echo
from support.memory_wire import MemoryServer


async def test_flood(memory: MemoryServer) -> None:
    asker, listener = memory.connected(), memory.connected()
    listener.send('421["enter","hall"]')
    assert listener.take() == ["431[]"]
    asker.send('425["flood","hall",7,"k",3]')
    turns = []
    for _ in range(5):
        memory.turn()
        turns.append(len(listener.take()))
        await asyncio.sleep(0)
    assert turns == [3, 3, 1, 0, 0]
    assert asker.take() == ["435[7]"]


@pytest.mark.parametrize("args", ["", ',"hall"', ',"hall","7","k"', ',"hall",7,"k",0', ",1,2,3"])
async def test_flood_that_makes_no_sense(memory: MemoryServer, args: str) -> None:
    wire = memory.connected()
    wire.send(f'425["flood"{args}]', '42["message"]')
    assert wire.take() == ['42["message-back"]']


async def test_ask_and_kick(memory: MemoryServer) -> None:
    wire = memory.connected()
    wire.send('425["ask",1]')
    memory.turn()
    assert wire.take() == ['420["asked",1]']
    wire.send('430["answer"]')
    await asyncio.sleep(0)
    memory.turn()
    assert wire.take() == ['435["answer"]']
    wire.send('42["kick"]', "40")
    assert wire.take()[0] == "41"
    wire.send('42["kick",true]')
    assert wire.take() == ["41", "close"]


def test_engine_echo_refuses_what_a_payload_cannot_hold(memory: MemoryServer) -> None:
    wire = memory.websocket(path="/engine.io/")
    wire.take()
    wire.send("4a\x1eb")
    assert wire.take() == ["close 1002"]


async def test_command_line() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "kibitz.transport.echo", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    line = await process.stdout.readline()
    assert line.startswith(b"listening on http://127.0.0.1:")
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


def test_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert echo.main(["--port", str(port)]) == 1
    assert capsys.readouterr().err == f"cannot listen on port {port}: Address already in use\n"
