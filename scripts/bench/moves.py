"""Durable moves: Connect Four in 50 and in 500 two-seat rooms at a time, from a journal of a million rows.

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

ROOMS = (50, 500)
MOVES = {"kibitz": 25_000, "boardgame.io": 8_000, "Colyseus": 25_000}
"""So many at least in a measured stretch, as whole matches of every room, one after the other."""

OpenMatches = Callable[[Server, int], Awaitable[list[Match]]]


async def measure(server: Server, open_matches: OpenMatches, rooms: int, least: int = 8_000) -> Round:
    """`least` moves at least. The rooms are opened before the clock starts, all of them."""
    repeats = -(-least // (rooms * len(DRAW)))
    sets = [await open_matches(server, rooms) for _ in range(repeats)]
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
        repeats * rooms * len(DRAW),
        p50_ms=latencies_ms[len(latencies_ms) // 2],
        p99_ms=latencies_ms[len(latencies_ms) * 99 // 100],
    )


async def run(rounds: int) -> list[Case]:
    cases = [
        Case(
            "moves",
            f"Moves in {rooms} rooms of Connect Four; kibitz from a journal of {journal_seed.ROWS} rows",
            "move",
            [],
            goal=1.5,
            goal_peer="Colyseus",
            notes=[
                "the goal beside boardgame.io is 0.4",
                "the peers hold their matches in memory and do not answer moves; kibitz does both",
            ],
        )
        for rooms in ROOMS
    ]
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
                    for case in cases:
                        case.notes.append(f"not measured: {reason}")
                else:
                    running.append((server, open_matches))
                    for case in cases:
                        case.series.append(Series(server.name, server.version))
            for server, open_matches in running:
                await measure(server, open_matches, ROOMS[0])  # warm
            for _ in range(rounds):
                for case, rooms in zip(cases, ROOMS, strict=True):
                    for (server, open_matches), series in zip(running, case.series, strict=True):
                        series.rounds.append(await measure(server, open_matches, rooms, MOVES[server.name]))
        finally:
            for server, _ in running:
                server.stop()
    return cases
