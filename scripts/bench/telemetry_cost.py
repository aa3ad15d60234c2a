"""What measuring itself costs the server: CPU per move with telemetry on and off, in turns.

Both servers run at the same time, each pinned and idle while the other is measured; the order is turned round
each time (on, off, off, on), so that a slow minute hits both. The one that measures is scraped once in each
stretch, as often as a Prometheus does in four of them.
"""

import contextlib
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import moves
import servers
import tables_kibitz
from results import Case, Series
from servers import Server

ROOMS = 200
MOST = 1.05
ON, OFF = "telemetry on", "telemetry off"


async def run(rounds: int) -> list[Case]:
    case = Case(
        "telemetry",
        f"Moves in {ROOMS} rooms of Connect Four, with metrics and telemetry on and off",
        "move",
        [Series(ON, servers.our_version()), Series(OFF, servers.our_version())],
        goal=MOST,
        goal_peer=OFF,
    )
    with _directories() as (first, second):
        scraped = servers.free_port()
        pair = (
            _server(first, ON, {"KIBITZ_TELEMETRY": "on", "KIBITZ_METRICS_PORT": str(scraped)}),
            _server(second, OFF, {"KIBITZ_TELEMETRY": "off"}),
        )
        try:
            await servers.start_all(list(pair))
            for server in pair:
                await moves.measure(server, tables_kibitz.open_matches, ROOMS)  # warm
            ratios = []
            for _ in range(rounds):
                taken: dict[str, list[float]] = {ON: [], OFF: []}
                for server in (*pair, *reversed(pair)):
                    if server.name == ON:
                        await _scrape(scraped)
                    measured = await moves.measure(server, tables_kibitz.open_matches, ROOMS)
                    taken[server.name].append(measured.each)
                    next(each for each in case.series if each.server == server.name).rounds.append(measured)
                ratios.append(sum(taken[ON]) / sum(taken[OFF]))
            case.notes.append(
                f"of the {rounds} rounds the ratio is {statistics.median(ratios):.3f} in the median, "
                f"from {min(ratios):.3f} to {max(ratios):.3f}"
            )
        finally:
            for server in pair:
                server.stop()
    return [case]


def _server(data: Path, name: str, more: dict[str, str]) -> Server:
    made = tables_kibitz.server(data)
    return replace(made, name=name, environment={**made.environment, **more})


async def _scrape(port: int) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        await answer.read()


@contextlib.contextmanager
def _directories() -> Iterator[tuple[Path, Path]]:
    """Two data directories on the disk that holds the project."""
    base = servers.ROOT / "artifacts"
    base.mkdir(exist_ok=True)
    made = [Path(tempfile.mkdtemp(prefix="bench-telemetry-", dir=base)) for _ in range(2)]
    try:
        yield made[0], made[1]
    finally:
        for directory in made:
            shutil.rmtree(directory, ignore_errors=True)
