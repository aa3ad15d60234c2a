"""socket.io-client from npm: each scenario of javascript_client.mjs by each kind of transport, as the
current version, as the oldest one that speaks the same protocol, and with socket.io-msgpack-parser."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.echo_process import SLOW, EchoProcess

pytestmark = pytest.mark.clients

_DRIVER = Path(__file__).with_name("javascript_client.mjs")
_RESTARTS = "reconnects_after_a_restart"
_SCENARIOS = re.findall(r"^  async (\w+)\(\)", _DRIVER.read_text(), re.MULTILINE)
_NEEDS_NEWER = {"ack_with_timeout", "acks_both_ways", "binary_in_acks", "large_message"}
"""Those that use `timeout` or `emitWithAck`, which version 3.1 lacks."""
_WAIT_S = 10.0


@pytest.fixture(scope="module")
def msgpack_echo() -> Iterator[EchoProcess]:
    server = EchoProcess(SLOW, "--msgpack")
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
@pytest.mark.parametrize("scenario", [name for name in _SCENARIOS if name != _RESTARTS])
async def test_scenario(node: str, echo: EchoProcess, scenario: str, transport: str) -> None:
    await _play(node, echo, scenario, transport)


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
@pytest.mark.parametrize("scenario", [n for n in _SCENARIOS if n != _RESTARTS and n not in _NEEDS_NEWER])
async def test_scenario_with_version_3(node: str, echo: EchoProcess, scenario: str, transport: str) -> None:
    await _play(node, echo, scenario, transport, "3.1")


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
@pytest.mark.parametrize("scenario", [name for name in _SCENARIOS if name != _RESTARTS])
async def test_scenario_with_msgpack(
    node: str, msgpack_echo: EchoProcess, scenario: str, transport: str
) -> None:
    await _play(node, msgpack_echo, scenario, transport, "msgpack")


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
async def test_reconnects_after_a_restart(node: str, own_echo: EchoProcess, transport: str) -> None:
    await _play(node, own_echo, _RESTARTS, transport)


def test_every_scenario_is_found() -> None:
    assert len(_SCENARIOS) == 14
    assert _RESTARTS in _SCENARIOS


async def _play(node: str, server: EchoProcess, scenario: str, transport: str, variant: str = "4.8") -> None:
    process = await asyncio.create_subprocess_exec(
        node,
        str(_DRIVER),
        scenario,
        server.url,
        transport,
        variant,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    lines: list[str] = []
    try:
        async with asyncio.timeout(_WAIT_S):
            async for line in process.stdout:
                lines.append(line.decode().strip())
                if lines[-1] == "restart":
                    await server.restart_async()
                    process.stdin.write(b"restarted\n")
            complaint = (await process.stderr.read()).decode()
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        pytest.fail(f"no end within {_WAIT_S:.0f} s; it said {lines}")
    assert process.returncode == 0, complaint
    assert lines[-1] == "passed"
