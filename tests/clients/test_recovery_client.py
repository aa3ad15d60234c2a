"""State recovery with socket.io-client from npm, which nobody told anything."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.echo_process import SLOW, EchoProcess
from support.node_driver import NodeDriver

pytestmark = pytest.mark.clients

_DRIVER = Path(__file__).with_name("recovery_client.mjs")
_SCENARIOS = re.findall(r"^  async (\w+)\(stage\)", _DRIVER.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def driver(node: str) -> Iterator[NodeDriver]:
    driver = NodeDriver(node, _DRIVER)
    yield driver
    driver.close()


@pytest.fixture(scope="module")
def recovering() -> Iterator[EchoProcess]:
    server = EchoProcess(SLOW, "--recovery")
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
@pytest.mark.parametrize("scenario", _SCENARIOS)
def test_scenario(driver: NodeDriver, recovering: EchoProcess, scenario: str, transport: str) -> None:
    driver.play(recovering, scenario, transport)


def test_every_scenario_is_found() -> None:
    assert len(_SCENARIOS) == 6
