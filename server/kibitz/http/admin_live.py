"""REST of everything that is live, for admins, page by page: however many rooms there are, nobody waits."""

from collections.abc import AsyncIterator

from aiohttp import web

from kibitz import __version__
from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.http.catalog import Catalog
from kibitz.http.identity import Identity
from kibitz.http.json import answer, query_of
from kibitz.http.pace import Pace
from kibitz.http.ports import Live
from kibitz.http.problems import ProblemError
from kibitz.http.resources.admin_live import AdminRoom, AdminRooms, AdminRoomsQuery, Connections, Totals
from kibitz.http.routes import Auth, Route
from kibitz.ids import JOIN_CODE_LENGTH, JoinCode, RoomId
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.directory.heads import Listed
from kibitz.rooms.fold.lifecycle import Status

NAMED_MOST = 200
TOTALS_KEPT_US = 1_000_000


class AdminLiveApi:
    """Rooms are looked at as they are held: none is read for it."""

    def __init__(
        self, identity: Identity, directory: Directory, catalog: Catalog, live: Live, clock: Clock
    ) -> None:
        self._identity = identity
        self._directory = directory
        self._catalog = catalog
        self._live = live
        self._clock = clock
        self._totals = Totals()
        self._counted_us: int | None = None

    def routes(self) -> list[Route]:
        return [
            Route(
                "GET",
                "/api/admin/rooms",
                self._get_rooms,
                "Open rooms, private ones too, newest first, and every connection.",
                AdminRooms,
                query=AdminRoomsQuery,
                auth=Auth.ANALYST,
                codes=(Code.UNAUTHENTICATED,),
            )
        ]

    async def _get_rooms(self, request: web.Request) -> web.Response:
        self._identity.need_analyst(request)
        wanted = query_of(request, AdminRoomsQuery)
        pace = Pace(self._clock)
        shown: list[AdminRoom] = []
        following: int | None = None
        last = 0
        async for held in self._fitting(wanted, pace):
            if len(shown) == wanted.limit:
                following = last if shown else None
                break
            shown.append(self._catalog.for_admins(held))
            last = held.key
        counts = self._live.counts()
        return answer(
            AdminRooms(
                rooms=shown,
                next=following,
                totals=await self._count(pace),
                players_connected=counts.players,
                connections=Connections(websocket=counts.websocket, polling=counts.polling),
                server_version=__version__,
                started_at_ms=self._live.started_at_ms,
                draining=self._live.is_draining(),
            )
        )

    async def _fitting(self, wanted: AdminRoomsQuery, pace: Pace) -> AsyncIterator[Listed]:
        rooms = reversed(self._directory.all()) if wanted.rooms is None else self._named(wanted.rooms)
        for held in rooms:
            await pace.breathe()
            if (
                (wanted.after is None or held.key < wanted.after)
                and (wanted.status is None or held.status == wanted.status)
                and (wanted.game is None or held.game_name == wanted.game)
            ):
                yield held

    def _named(self, text: str) -> list[Listed]:
        """Each once, newest first; what names no open room is left out."""
        names = [name for name in (each.strip() for each in text.split(",")) if name]
        if len(names) > NAMED_MOST:
            raise ProblemError(Code.BAD_REQUEST, f"At most {NAMED_MOST} rooms can be named.")
        found: dict[int, Listed] = {}
        for name in names:
            held = self._directory.held(RoomId(name))
            if held is None and len(name) == JOIN_CODE_LENGTH:
                held = self._directory.held_code(JoinCode(name.upper()))
            if held is not None:
                found[held.key] = held
        return [held for _, held in sorted(found.items(), reverse=True)]

    async def _count(self, pace: Pace) -> Totals:
        """Counted anew at most once a second, however many dashboards ask."""
        now_us = self._clock.monotonic_us()
        if self._counted_us is None or now_us - self._counted_us >= TOTALS_KEPT_US:
            counted = dict.fromkeys(Status, 0)
            for held in self._directory.all():
                counted[held.status] += 1
                await pace.breathe()
            del counted[Status.CLOSED]  # closed in the meantime
            self._totals = Totals(**{str(status): number for status, number in counted.items()})
            self._counted_us = now_us
        return self._totals
