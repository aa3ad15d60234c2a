"""A process of players for fault runs: many rooms, quick random moves, everything written down.

    python -m support.fault_players URL HISTORY --rooms 10 --seed 7

It plays until its standard input is closed, then lets every move that is under way come to its answer
and exits with 0; with 1 if one did not within the time allowed, or if a client's own view was wrong.
"""

import argparse
import asyncio
import random
import sys
from pathlib import Path

from kibitz.client import Advice, Backoff, Client, ClientError, Refused, RoomSession
from kibitz.ids import ActionId, new_action_id
from support.history import History

GAME = "connect-four"
QUICK = Backoff(first_ms=40, longest_ms=300)
THINK_MAX_S = 0.03
SETTLE_S = 20.0


class Table:
    """Two clients in one room, who play match after match."""

    def __init__(self, url: str, number: int, seed: int, history: History, stop: asyncio.Event) -> None:
        self._url = url
        self._number = number
        self._chance = random.Random(f"{seed}:{number}")
        self._history = history
        self._stop = stop
        self.wrong_views = 0
        self.resent = 0

    async def play(self) -> None:
        transports = ("polling",) if self._number % 5 == 4 else ("websocket", "polling")
        async with (
            Client(self._url, name=f"A{self._number}", kind="bot", backoff=QUICK, transports=transports) as a,
            Client(self._url, name=f"B{self._number}", kind="bot", backoff=QUICK) as b,
        ):
            room = await self._insist(lambda: a.create_room(GAME, options={"clock_ms": None}))
            seats = [await self._insist(lambda who=who: who.join(room.room_id)) for who in (a, b)]
            await asyncio.gather(*(self._sit(session) for session in seats))
            self.wrong_views += sum(session.incidents.wrong for session in seats)
            self.resent += sum(session.incidents.resent_acts for session in seats)

    async def _sit(self, session: RoomSession) -> None:
        while not self._stop.is_set():
            try:
                await session.until(lambda it: self._stop.is_set() or _wants(it) is not None, timeout_ms=200)
            except TimeoutError:
                continue
            if _wants(session) == "rematch":
                await self._offer(session)
                await asyncio.sleep(THINK_MAX_S)
            elif not self._stop.is_set():
                await asyncio.sleep(self._chance.random() * THINK_MAX_S)
                await self._move(session)

    async def _move(self, session: RoomSession) -> None:
        if _wants(session) != "move":
            return
        top = session.view["board"][0]
        columns = [column for column in range(7) if top[column] is None]
        args = {"column": self._chance.choice(columns)}
        action = new_action_id()
        note = (session.room, action, session.seat or 0, "drop", args)
        self._history.write("invoke", *note)
        try:
            done = await session.act("drop", args, action_id=ActionId(action))
        except Refused as refused:
            self._history.write("fail", *note, code=refused.code)
            if refused.advice is Advice.RETRY:
                await asyncio.sleep(0.05)
        else:
            self._history.write("ok", *note, version=done.version)

    async def _offer(self, session: RoomSession) -> None:
        try:
            await session.rematch()
        except (ClientError, TimeoutError):
            pass  # asked again as long as the match is over

    async def _insist(self, attempt):  # type: ignore[no-untyped-def]
        """The server may be down at any moment: try until it answers."""
        while True:
            try:
                return await attempt()
            except (ClientError, TimeoutError):
                await asyncio.sleep(0.1)


def _wants(session: RoomSession) -> str | None:
    """What there is to do for this seat just now."""
    view = session.confirmed
    if session.pending or not isinstance(view, dict):
        return None
    if view["phase"] == "finished":
        return "rematch"
    return "move" if view["phase"] == "playing" and view["turn"] == session.seat else None


async def run(url: str, path: Path, rooms: int, seed: int) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), lambda: stop.set() if not sys.stdin.buffer.read1(1) else None)
    with path.open("ab") as file:
        history = History(file)
        tables = [Table(url, number, seed, history, stop) for number in range(rooms)]
        playing = [asyncio.create_task(table.play()) for table in tables]
        stopping = asyncio.create_task(stop.wait())
        # A player that fails by itself is a fault of the run, not something to play on without.
        await asyncio.wait({stopping, *playing}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        _, late = await asyncio.wait(playing, timeout=SETTLE_S) if stop.is_set() else (None, set(playing))
    failed = [task for task in playing if task.done() and task.exception() is not None]
    for task in failed:
        print(f"a table failed: {task.exception()!r}", file=sys.stderr)
    if late:
        print(f"{len(late)} tables did not come to an end", file=sys.stderr)
    wrong_views = sum(table.wrong_views for table in tables)
    print(f"wrong views: {wrong_views}", file=sys.stderr)
    # On its own, so that whoever judges the run can read it: moves sent again under their ids.
    path.with_suffix(".resent").write_text(str(sum(table.resent for table in tables)))
    return 1 if failed or late or wrong_views else 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("history", type=Path)
    parser.add_argument("--rooms", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(asyncio.run(run(given.url, given.history, given.rooms, given.seed)))


if __name__ == "__main__":
    main()
