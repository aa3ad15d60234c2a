"""socket.io-client from npm: each scenario of javascript_client.mjs by each kind of transport, as the
current version, as the oldest one that speaks the same protocol, and with socket.io-msgpack-parser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.echo_process import SLOW, EchoProcess
from support.node_driver import NodeDriver

pytestmark = pytest.mark.clients

_DRIVER = Path(__file__).with_name("javascript_client.mjs")
_RESTARTS = "reconnects_after_a_restart"
_SCENARIOS = re.findall(r"^  async (\w+)\(stage\)", _DRIVER.read_text(), re.MULTILINE)
_NEEDS_NEWER = {"ack_with_timeout", "acks_both_ways", "binary_in_acks", "large_message"}
"""Those that use `timeout` or `emitWithAck`, which version 3.1 lacks."""


@pytest.fixture(scope="module")
def driver(node: str) -> Iterator[NodeDriver]:
    driver = NodeDriver(node, _DRIVER)
    yield driver
    driver.close()


@pytest.fixture(scope="module")
def msgpack_echo() -> Iterator[EchoProcess]:
    server = EchoProcess(SLOW, "--msgpack")
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
@pytest.mark.parametrize("scenario", [name for name in _SCENARIOS if name != _RESTARTS])
def test_scenario(driver: NodeDriver, echo: EchoProcess, scenario: str, transport: str) -> None:
    driver.play(echo, scenario, transport)


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
@pytest.mark.parametrize("scenario", [n for n in _SCENARIOS if n != _RESTARTS and n not in _NEEDS_NEWER])
def test_scenario_with_version_3(
    driver: NodeDriver, echo: EchoProcess, scenario: str, transport: str
) -> None:
    driver.play(echo, scenario, transport, "3.1")


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
@pytest.mark.parametrize("scenario", [name for name in _SCENARIOS if name != _RESTARTS])
def test_scenario_with_msgpack(
    driver: NodeDriver, msgpack_echo: EchoProcess, scenario: str, transport: str
) -> None:
    driver.play(msgpack_echo, scenario, transport, "msgpack")


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
def test_reconnects_after_a_restart(driver: NodeDriver, own_echo: EchoProcess, transport: str) -> None:
    driver.play(own_echo, _RESTARTS, transport)


def test_every_scenario_is_found() -> None:
    assert len(_SCENARIOS) == 14
    assert _RESTARTS in _SCENARIOS
