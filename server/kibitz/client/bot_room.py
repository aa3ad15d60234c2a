"""One room of a load: bots that play it over the real protocol, and look up what they were told."""

import asyncio
import contextlib
import string
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from random import Random
from typing import TypeVar

import aiohttp
from msgspec import Struct

from kibitz.client.client import Client
from kibitz.client.errors import AnswerTimeout, ClientError, ConnectionLost, Refused
from kibitz.client.load_report import LoadReport
from kibitz.client.room_session import RoomSession
from kibitz.client.strategies import STRATEGIES, LiveStrategy, Strategy
from kibitz.codes import Advice, Code
from kibitz.ids import GameName, RoomId, new_action_id

T = TypeVar("T")

DEFAULT_URL = "http://127.0.0.1:8000"
RAMP_S = 2.0
"""The rooms begin spread over this time, as players do."""
REMATCH_PAUSE_MS = 600
RATE_RETRIES = 40
ROOM_IS_OVER = frozenset({Code.ROOM_CLOSED, Code.ROOM_FAULTED, Code.RULES_CHANGED})


class Plan(Struct, frozen=True, kw_only=True):
    """What to play. `think_ms` is the median time before a move; 0 plays as fast as it can."""

    url: str = DEFAULT_URL
    game: GameName = GameName("connect-four")
    rooms: int = 10
    seats: int = 2
    seconds: float = 60
    seed: int = 1
    think_ms: int = 900
    polling_share: int = 10
    """Of a hundred bots so many use long-polling."""


class BotRoom:
    """One room and its bots."""

    def __init__(
        self, plan: Plan, number: int, http: aiohttp.ClientSession, report: LoadReport, stop: asyncio.Event
    ) -> None:
        self._plan = plan
        self._number = number
        self._http = http
        self._report = report
        self._stop = stop
        self._chance = Random(f"{plan.seed}:{number}")  # noqa: S311 - the same seed plays the same
        self._strategy: Strategy = STRATEGIES[plan.game]
        self._acked: dict[Client, dict[str, int]] = {}
        self._seated: list[tuple[Client, RoomSession]] = []

    def count_links(self) -> tuple[int, int, int, int]:
        """Reconnects, acts sent again, resyncs and wrong views of its bots so far."""
        incidents = [session.incidents for _, session in self._seated]
        return (
            sum(client.reconnects for client, _ in self._seated),
            sum(each.resent_acts for each in incidents),
            sum(each.resyncs for each in incidents),
            sum(each.wrong for each in incidents),
        )

    async def play(self) -> None:
        """Until `stop`; then look up what was acknowledged. Failures are counted, never raised."""
        try:
            async with contextlib.AsyncExitStack() as stack:
                names = string.ascii_uppercase[: self._plan.seats]
                await self._sit_down([await stack.enter_async_context(self._client(name)) for name in names])
        except* (ClientError, TimeoutError) as failed:
            self._report.failed_rooms[_first(failed)] += 1

    def _client(self, which: str) -> Client:
        polls = self._chance.random() * 100 < self._plan.polling_share
        return Client(
            self._plan.url,
            name=f"Bot {self._number + 1}{which}",
            kind="bot",
            http=self._http,
            transports=("polling",) if polls else ("websocket", "polling"),
        )

    async def _sit_down(self, clients: Sequence[Client]) -> None:
        await _wait_until(self._stop, self._chance.random() * RAMP_S)
        if self._stop.is_set():
            return
        host = clients[0]
        created = await _patiently(lambda: host.create_room(self._plan.game, seats=len(clients)))
        for client in clients:
            self._seated.append((client, await _patiently(partial(client.join, created.room_id))))
        self._report.rooms += 1
        async with asyncio.TaskGroup() as seats:
            for client, session in self._seated:
                seats.create_task(self._play_seat(client, session))
        await self._look_up(created.room_id)

    # ------------------------------------------------------------ playing

    async def _play_seat(self, client: Client, session: RoomSession) -> None:
        counted, ridden = 0, -1
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                await session.until(lambda it: self._stop.is_set() or self._has_to_do(it), timeout_ms=500)
            if self._stop.is_set() or session.seat is None or not self._has_to_do(session):
                continue
            if self._strategy.is_over(session.confirmed):
                ridden = -1
                if session.seat == 0 and counted != session.match:
                    counted = session.match
                    self._report.matches += 1
                await self._ask_for_rematch(session)
            elif isinstance(self._strategy, LiveStrategy):
                ridden = await self._ride(self._strategy, session, ridden)
            else:
                await _wait_until(self._stop, self._think_s())
                await self._move(client, session)
        if session.seat == 0 and self._strategy.is_over(session.confirmed) and counted != session.match:
            self._report.matches += 1

    def _has_to_do(self, session: RoomSession) -> bool:
        if session.seat is None or session.pending:
            return False
        view = session.confirmed
        if isinstance(self._strategy, LiveStrategy) and session.frame is not None:
            return True
        return self._strategy.is_over(view) or self._strategy.is_turn(view, session.seat)

    def _think_s(self) -> float:
        """Mostly about the median, now and then much longer: as people do (log-normal)."""
        if self._plan.think_ms == 0:
            return 0.0
        return min(8.0, self._plan.think_ms / 1000 * self._chance.lognormvariate(0, 0.6))

    async def _move(self, client: Client, session: RoomSession) -> None:
        seat = session.seat
        if seat is None or self._stop.is_set() or not self._strategy.is_turn(session.confirmed, seat):
            return
        for suggestion in self._strategy.suggest(session.confirmed, seat, self._chance):
            action, began = new_action_id(), time.perf_counter()
            try:
                acted = await session.act(suggestion.type, suggestion.args, action_id=action)
            except Refused as refused:
                self._report.refusals[refused.code] += 1
                if refused.code in ROOM_IS_OVER:
                    raise
                if refused.advice is Advice.STOP:
                    continue  # not legal here: the next suggestion
                await _wait_until(self._stop, (refused.retry_ms or 100) / 1000)
                return
            self._report.ack_ms.append((time.perf_counter() - began) * 1000)
            self._report.moves += 1
            self._acked.setdefault(client, {})[action] = acted.version
            return

    async def _ride(self, strategy: LiveStrategy, session: RoomSession, ridden: int) -> int:
        """Look at the next frame and do what it asks for; the tick of that frame."""
        with contextlib.suppress(TimeoutError):
            await session.until(lambda it: it.frame is not None and it.frame.tick != ridden, timeout_ms=500)
        frame, seat, tick = session.frame, session.seat, session.ticks.now()
        if frame is None or seat is None or tick is None or frame.tick == ridden:
            return ridden
        suggestion = strategy.at_frame(session.confirmed, frame.data, seat, self._chance)
        if suggestion is not None:
            began = time.perf_counter()
            try:
                await session.act(suggestion.type, suggestion.args, tick=tick)
            except Refused as refused:
                self._report.refusals[refused.code] += 1
                if refused.code in ROOM_IS_OVER:
                    raise
            except (ConnectionLost, AnswerTimeout):
                return frame.tick  # what is lost is lost: a second later it is another turn
            else:
                self._report.ack_ms.append((time.perf_counter() - began) * 1000)
                self._report.moves += 1
        return frame.tick

    async def _ask_for_rematch(self, session: RoomSession) -> None:
        match = session.match
        await _wait_until(self._stop, REMATCH_PAUSE_MS / 1000 * (0.5 + self._chance.random()))
        if self._stop.is_set() or session.match != match:
            return
        try:
            await session.rematch()
        except Refused as refused:
            self._report.refusals[refused.code] += 1
        except ClientError:
            return  # asked again after the reconnect
        with contextlib.suppress(TimeoutError):
            await session.until(lambda it: it.match != match or self._stop.is_set(), timeout_ms=3_000)

    async def _look_up(self, room: RoomId) -> None:
        """Is each acknowledged move where the acknowledgement said?"""
        for client, acked in self._acked.items():
            stands = await _own_actions(client, room)
            self._report.checked += len(acked)
            self._report.lost += sum(stands.get(action) != version for action, version in acked.items())


def _first(group: BaseExceptionGroup[BaseException]) -> str:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error)


async def _wait_until(stop: asyncio.Event, most_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), most_s)


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Wait out the server's limit of requests; any other refusal is raised."""
    for _ in range(RATE_RETRIES):
        try:
            return await call()
        except Refused as refused:
            if refused.code != Code.RATE_LIMITED:
                raise
            await asyncio.sleep((refused.retry_ms or 1_000) / 1000)
    return await call()


async def _own_actions(client: Client, room: RoomId) -> dict[str, int]:
    """The versions of this player's actions in the room's history."""
    found: dict[str, int] = {}
    after: int | None = 0
    while after is not None:
        page = await _patiently(lambda after=after: client.events(room, after=after or 0))  # type: ignore[misc]
        found |= {event.action_id: event.version for event in page.events if event.action_id is not None}
        after = page.next
    return found
