"""socket.io-client from npm: each scenario of javascript_client.mjs by each kind of transport."""

import asyncio
import re
from pathlib import Path

import pytest

from support.echo_process import EchoProcess

pytestmark = pytest.mark.clients

_DRIVER = Path(__file__).with_name("javascript_client.mjs")
_RESTARTS = "reconnects_after_a_restart"
_SCENARIOS = re.findall(r"^  async (\w+)\(\)", _DRIVER.read_text(), re.MULTILINE)
_WAIT_S = 10.0


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
@pytest.mark.parametrize("scenario", [name for name in _SCENARIOS if name != _RESTARTS])
async def test_scenario(node: str, echo: EchoProcess, scenario: str, transport: str) -> None:
    await _play(node, echo, scenario, transport)


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
async def test_reconnects_after_a_restart(node: str, own_echo: EchoProcess, transport: str) -> None:
    await _play(node, own_echo, _RESTARTS, transport)


def test_every_scenario_is_found() -> None:
    assert len(_SCENARIOS) == 14
    assert _RESTARTS in _SCENARIOS


async def _play(node: str, server: EchoProcess, scenario: str, transport: str) -> None:
    process = await asyncio.create_subprocess_exec(
        node,
        str(_DRIVER),
        scenario,
        server.url,
        transport,
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
