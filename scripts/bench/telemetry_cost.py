"""What measuring itself costs the server: CPU per move with telemetry on and off, in turns.

Both servers run at the same time, each pinned and idle while the other is measured; the order is turned round
each time (on, off, off, on), and such a four is compared with itself alone, so that a slow minute hits both.
The one that measures is scraped once in each four; of that the part is charged that falls into its stretches
where a Prometheus comes every 15 s.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import moves
import servers
import tables_kibitz
from cores import Stopwatch
from results import Case, Round, Series
from servers import Server

ROOMS = 100
FOURS = 4
"""In each round."""
MOST = 1.05
SCRAPED_EVERY_S = 15.0
ON, OFF = "telemetry on", "telemetry off"


async def run(rounds: int) -> list[Case]:
    each = Case(
        "telemetry",
        f"Moves in {ROOMS} rooms of Connect Four, with metrics and telemetry on and off",
        "move",
        [Series(ON, servers.our_version()), Series(OFF, servers.our_version())],
    )
    shares = Series("on / off", servers.our_version())
    compared = Case(
        "telemetry",
        "The same, each four of stretches compared with itself",
        "move",
        [shares],
        figure="Server CPU with telemetry over that without",
        symbol="x",
        goal_most=MOST,
    )
    by_name = {series.server: series for series in each.series}
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
            for _ in range(rounds * FOURS):
                four = []
                for server in (*pair, *reversed(pair)):
                    measured = await moves.measure(server, tables_kibitz.open_matches, ROOMS, 1)
                    four.append(measured)
                    by_name[server.name].rounds.append(measured)
                scraping = Stopwatch(pair[0].pid)
                await _scrape(scraped)
                scrapes = (four[0].wall_s + four[3].wall_s) / SCRAPED_EVERY_S
                scrape_us = scrapes * scraping.stop().server_s * 1e6 / four[0].units
                on, off = four[0].each + four[3].each + scrape_us, four[1].each + four[2].each
                units, wall_s = sum(part.units for part in four), sum(part.wall_s for part in four)
                busy = max(part.load_busy for part in four)
                shares.rounds.append(Round(on / off, units, wall_s, busy))
        finally:
            for server in pair:
                server.stop()
    return [each, compared]


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
