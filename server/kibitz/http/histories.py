"""REST of a room's history: what led from which status and phase to which, and when."""

from collections import deque
from collections.abc import AsyncIterator
from itertools import takewhile

from aiohttp import web

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.http.catalog import problem
from kibitz.http.json import answer, query_of
from kibitz.http.pace import Pace
from kibitz.http.problems import ProblemError
from kibitz.http.quotas import Quota, Quotas
from kibitz.http.resources.histories import History, HistoryQuery, HistoryStep
from kibitz.http.routes import Route
from kibitz.ids import RoomId
from kibitz.journal.errors import JournalUnreadable
from kibitz.journal.records import NewRoom
from kibitz.rooms.answers import Refused
from kibitz.rooms.directory.archive import Archive
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.fold.transitions import Transition, transitions
from kibitz.rooms.room import Room
from kibitz.rooms.views.gallery import Horizon


class Histories:
    """Reads them; committed events only, and of an open room no more than its players were told."""

    def __init__(self, archive: Archive, directory: Directory, clock: Clock) -> None:
        self._archive = archive
        self._directory = directory
        self._clock = clock

    async def page(self, record: NewRoom, after: int, limit: int) -> list[HistoryStep]:
        """The first `limit` above `after`, as far as a stranger may see."""
        found: list[HistoryStep] = []
        async for step in self._steps(record, self._directory.horizon(record, None)):
            if step.version > after:
                found.append(_shown(step))
            if len(found) == limit:
                break
        return found

    async def last(self, record: NewRoom, limit: int) -> list[HistoryStep]:
        """The last `limit`, oldest first."""
        found: deque[Transition] = deque(maxlen=limit)
        async for step in self._steps(record, None):
            found.append(step)
        return [_shown(step) for step in found]

    async def _steps(self, record: NewRoom, horizon: Horizon | None) -> AsyncIterator[Transition]:
        room = self._directory.held(record.room_id)
        upto = room.version if isinstance(room, Room) else None
        pace = Pace(self._clock)
        try:
            rows = self._archive.rows(record)
            if horizon is not None:
                rows = takewhile(lambda row: not horizon.hides(row.version, row.at_us), rows)
            for step in transitions(rows):
                if upto is not None and step.version > upto:
                    break
                yield step
                await pace.breathe()
        except JournalUnreadable:
            raise ProblemError(Code.UNAVAILABLE) from None


def _shown(step: Transition) -> HistoryStep:
    return HistoryStep(
        step.version,
        step.timestamp,
        step.trigger,
        step.seat,
        step.match,
        step.status_from,
        step.status_to,
        step.from_,
        step.to,
    )


class HistoriesApi:
    """The handler."""

    def __init__(self, archive: Archive, histories: Histories, quotas: Quotas) -> None:
        self._archive = archive
        self._histories = histories
        self._quotas = quotas

    def routes(self) -> list[Route]:
        return [
            Route(
                "GET",
                "/api/rooms/{room}/history",
                self._get_history,
                "What led a room and its matches from one state to the next, and when.",
                History,
                query=HistoryQuery,
                codes=(Code.UNKNOWN_ROOM, Code.UNAVAILABLE),
            )
        ]

    async def _get_history(self, request: web.Request) -> web.Response:
        query = query_of(request, HistoryQuery)
        self._quotas.take(Quota.REPLAY, request)
        record = self._archive.record(RoomId(request.match_info["room"]))
        if isinstance(record, Refused):
            raise problem(record)
        found = await self._histories.page(record, query.after, query.limit)
        following = found[-1].version if len(found) == query.limit else None
        return answer(History(record.room_id, found, following))
