"""State recovery with socket.io-client from npm, which nobody told anything."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.echo_process import SLOW, EchoProcess

pytestmark = pytest.mark.clients

_DRIVER = Path(__file__).with_name("recovery_client.mjs")
_SCENARIOS = re.findall(r"^  async (\w+)\(\)", _DRIVER.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def recovering() -> Iterator[EchoProcess]:
    server = EchoProcess(SLOW, "--recovery")
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrading"])
@pytest.mark.parametrize("scenario", _SCENARIOS)
def test_scenario(node: str, recovering: EchoProcess, scenario: str, transport: str) -> None:
    command = [node, str(_DRIVER), scenario, recovering.url, transport]
    done = subprocess.run(command, capture_output=True, text=True, timeout=15, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("passed\n")


def test_every_scenario_is_found() -> None:
    assert len(_SCENARIOS) == 6
