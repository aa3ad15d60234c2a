"""Attacks beside twenty healthy clients: bounded memory, nobody else slowed, nothing left behind."""

import asyncio
import sys
from collections.abc import Iterator

import pytest

from support.attacks import ATTACKS
from support.observed_process import Bystanders, ObservedProcess, counts
from support.processes import environment

HEALTHY = 20
MORE_BYTES_MAX = 32 * 1024 * 1024
FLOOR_MS = 50.0
"""Below this a doubled p99 says more about what else runs on the machine than about the server."""
SETTLE_S = 10.0
"""Longer than any session lives whose client is gone."""

pytestmark = [pytest.mark.faults, pytest.mark.alone, pytest.mark.timeout(120)]
SIZES = [
    pytest.param(40, 2.0, id="some"),
    pytest.param(800, 20.0, id="many", marks=pytest.mark.full),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObservedProcess]:
    """One for all attacks: what one of them leaves behind, the next one would meet."""
    with ObservedProcess(tmp_path_factory.mktemp("attacked") / "server.log") as process:
        yield process


@pytest.mark.parametrize(("count", "seconds"), SIZES)
@pytest.mark.parametrize("name", sorted(ATTACKS))
async def test_attack(server: ObservedProcess, name: str, count: int, seconds: float) -> None:
    said = len(server.log_text())
    bystanders = await Bystanders.connect(server.port, HEALTHY)
    await bystanders.p99_ms(0.5)  # warm
    alone_ms = await bystanders.p99_ms(seconds / 2)
    before = server.facts()

    attackers = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "support.attacks", name, "--port", str(server.port)),
        *("--count", str(count), "--seconds", str(seconds + 1)),
        stdout=asyncio.subprocess.PIPE,
        env=environment(),
    )
    watching = asyncio.create_task(_most_resident(server))
    beside_ms = await bystanders.p99_ms(seconds + 1)
    talking = asyncio.create_task(bystanders.talk_on())
    told, _ = await attackers.communicate()
    watching.cancel()
    most = await watching
    after = await server.settled(before, SETTLE_S)
    talking.cancel()
    await bystanders.close()

    print(
        f"{name}: {told.decode().strip()} connections, p99 {alone_ms:.1f} -> {beside_ms:.1f} ms, "
        f"{(most - before.resident_bytes) / 2**20:.1f} MiB more at most"
    )
    assert attackers.returncode == 0
    assert most - before.resident_bytes <= MORE_BYTES_MAX
    assert beside_ms <= max(2 * alone_ms, FLOOR_MS)
    assert counts(after) == counts(before)
    assert "Traceback" not in server.log_text()[said:], server.log_text()[-3000:]


async def _most_resident(server: ObservedProcess) -> int:
    """The most until it is cancelled."""
    most = 0
    try:
        while True:
            most = max(most, server.resident_bytes())
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        return most
