"""`kibitz bots`: real games over the real protocol, two SDK clients in each room.

The sessions are marked as bots. They think for about as long as people do, play on with rematches,
and at the end each move that was acknowledged is looked up in its room's history.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import aiohttp

from kibitz.client.bot_room import BotRoom, Plan
from kibitz.client.client import Client
from kibitz.client.errors import CannotConnect, Refused
from kibitz.client.load_report import LoadReport
from kibitz.client.strategies import STRATEGIES
from kibitz.codes import Code
from kibitz.ids import GameName

LINE_EVERY_S = 1.0
FINISH_S = 15.0
"""Longer than that no move may stay without its answer after the end."""


async def run(plan: Plan, *, tell: Callable[[str], None]) -> LoadReport:
    """Play for `plan.seconds`, telling a line each second; what was counted.

    Raises `CannotConnect` where there is no server, `Refused` where it will not have us.
    """
    report, stop = LoadReport(), asyncio.Event()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        async with Client(plan.url, http=http) as scout:
            names = {game.name for game in await scout.games()}
        if plan.game not in names:
            raise Refused(Code.UNKNOWN_GAME, f"The server has no game {plan.game!r}.")
        rooms = [BotRoom(plan, number, http, report, stop) for number in range(plan.rooms)]
        began = time.monotonic()
        playing = [asyncio.create_task(room.play()) for room in rooms]
        telling = asyncio.create_task(_tell(report, rooms, began, tell))
        try:
            await asyncio.wait(playing, timeout=plan.seconds, return_when=asyncio.ALL_COMPLETED)
            stop.set()
            _, late = await asyncio.wait(playing, timeout=FINISH_S)
            for task in late:
                task.cancel()
                report.failed_rooms[f"did not come to an end within {FINISH_S:.0f} s"] += 1
            for outcome in await asyncio.gather(*playing, return_exceptions=True):
                if isinstance(outcome, Exception):
                    raise outcome
        finally:
            telling.cancel()
            for task in playing:
                task.cancel()
            await asyncio.gather(telling, *playing, return_exceptions=True)
    _count_links(report, rooms)
    report.elapsed_s = time.monotonic() - began
    return report


def main(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """`kibitz bots`: 0 when all went well, 1 when a move was lost or a view was wrong, 2 without server."""
    plan = _plan(arguments, env)
    is_terminal = sys.stderr.isatty()

    def tell(line: str) -> None:
        print(
            "\r" + line if is_terminal else line, end="" if is_terminal else "\n", file=sys.stderr, flush=True
        )

    try:
        report = asyncio.run(run(plan, tell=tell))
    except (CannotConnect, Refused) as error:
        print(f"kibitz bots: {error}", file=sys.stderr)
        return 2
    if is_terminal:
        print(file=sys.stderr)
    print(report.table())
    return 0 if report.is_clean else 1


def _plan(arguments: Sequence[str], env: Mapping[str, str]) -> Plan:
    parser = argparse.ArgumentParser(
        prog="kibitz bots",
        description="Let bots play real games over the real protocol, and check that nothing was lost.",
        allow_abbrev=False,
    )
    port = env.get("KIBITZ_PORT", "8000")
    parser.add_argument("--rooms", type=_whole(1, 2_000), default=10, help="rooms (10)")
    parser.add_argument("--seats", type=_whole(2, 26), default=2, help="bots in each room (2)")
    parser.add_argument("--seconds", type=_whole(1, 86_400), default=60, help="how long to play (60)")
    parser.add_argument("--game", choices=sorted(STRATEGIES), default="connect-four")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same choices (1)")
    parser.add_argument(
        "--think-ms", type=_whole(0, 60_000), default=900, help="median time before a move; 0: none (900)"
    )
    parser.add_argument(
        "--polling-share",
        type=_whole(0, 100),
        default=10,
        help="bots of a hundred that use long-polling (10)",
    )
    parser.add_argument("--url", default=f"http://127.0.0.1:{port}", help="address of the server")
    given = parser.parse_args(list(arguments))
    return Plan(
        url=given.url,
        game=GameName(given.game),
        rooms=given.rooms,
        seats=given.seats,
        seconds=given.seconds,
        seed=given.seed,
        think_ms=given.think_ms,
        polling_share=given.polling_share,
    )


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"must be from {least} to {most}")
        return number

    parse.__name__ = "whole number"
    return parse


def _count_links(report: LoadReport, rooms: Sequence[BotRoom]) -> None:
    counts = [room.count_links() for room in rooms]
    report.reconnects, report.resent, report.resyncs, report.wrong_views = map(sum, zip(*counts, strict=True))


async def _tell(
    report: LoadReport, rooms: Sequence[BotRoom], began: float, tell: Callable[[str], None]
) -> None:
    while True:
        await asyncio.sleep(LINE_EVERY_S)
        _count_links(report, rooms)
        tell(report.line(time.monotonic() - began))
