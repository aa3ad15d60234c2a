"""Durable moves: Connect Four in 200 two-seat rooms at a time, from a journal of a million rows.

The unit is one move: sent, checked, stored where the server stores, answered where it answers, and
known to both players. The peers keep their matches in memory and answer nothing.
"""

from collections.abc import Awaitable, Callable

import journal_seed
import servers
import tables_boardgame
import tables_colyseus
import tables_kibitz
from cores import Stopwatch, Used
from matches import DRAW, Match, play
from results import Case, Round, Series
from servers import Server, Unavailable

ROOMS = 200
MATCHES = {"kibitz": 3, "boardgame.io": 1, "Colyseus": 3}
"""Matches of every room in a measured stretch, one after the other."""

OpenMatches = Callable[[Server, int], Awaitable[list[Match]]]


async def measure(server: Server, open_matches: OpenMatches, repeats: int) -> Round:
    """The rooms are opened before the clock starts, all of them."""
    sets = [await open_matches(server, ROOMS) for _ in range(repeats)]
    used = Used(0.0, 0.0, 0.0)
    latencies_ms: list[float] = []
    for matches in sets:
        watch = Stopwatch(server.pid)
        await play(matches)
        part = watch.stop()
        used = Used(used.server_s + part.server_s, used.load_s + part.load_s, used.wall_s + part.wall_s)
        latencies_ms += [taken * 1000 for match in matches for taken in match.latencies_s]
        for match in matches:
            await match.leave()
    latencies_ms.sort()
    return Round.of(
        used,
        repeats * ROOMS * len(DRAW),
        p50_ms=latencies_ms[len(latencies_ms) // 2],
        p99_ms=latencies_ms[len(latencies_ms) * 99 // 100],
    )


async def run(rounds: int) -> list[Case]:
    case = Case(
        "moves",
        f"Moves in {ROOMS} rooms of Connect Four; kibitz from a journal of {journal_seed.ROWS} rows",
        "move",
        [],
    )
    with tables_kibitz.data_directory() as data:
        running: list[tuple[Server, OpenMatches]] = []
        try:
            for make, open_matches in (
                (lambda: tables_kibitz.server(data), tables_kibitz.open_matches),
                (tables_boardgame.server, tables_boardgame.open_matches),
                (tables_colyseus.server, tables_colyseus.open_matches),
            ):
                try:
                    server = make()
                    await servers.start_all([server])
                except Unavailable as reason:
                    if not running:
                        raise SystemExit(str(reason)) from None
                    case.notes.append(f"not measured: {reason}")
                else:
                    running.append((server, open_matches))
                    case.series.append(Series(server.name, server.version))
            for server, open_matches in running:
                await measure(server, open_matches, 1)  # warm
            for _ in range(rounds):
                for (server, open_matches), series in zip(running, case.series, strict=True):
                    series.rounds.append(await measure(server, open_matches, MATCHES[server.name]))
        finally:
            for server, _ in running:
                server.stop()
    case.notes.append("the peers hold their matches in memory and do not answer moves; kibitz does both")
    return [case]
