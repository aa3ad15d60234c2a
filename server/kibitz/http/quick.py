"""REST of quick match: a game with anybody."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from kibitz.codes import Code
from kibitz.http.catalog import problem
from kibitz.http.identity import Identity
from kibitz.http.json import answer, body_of
from kibitz.http.quotas import Quota, Quotas
from kibitz.http.resources.quick import QuickCancelled, QuickMatched, QuickRequest
from kibitz.http.routes import Auth, Route
from kibitz.ids import GameName
from kibitz.rooms.answers import Refused
from kibitz.rooms.directory.quick import Entered, QuickMatch


class QuickApi:
    """The handlers; who waits is the rooms' affair."""

    def __init__(
        self, quick: QuickMatch, identity: Identity, quotas: Quotas, made: Callable[[], None]
    ) -> None:
        """`made` is told where a room may be new."""
        self._told_made = made
        self._quick = quick
        self._identity = identity
        self._quotas = quotas

    def routes(self) -> list[Route]:
        return [
            Route(
                "POST",
                "/api/quick",
                self._post_quick,
                "A seat in a game with anybody; join its room on the socket. Asked again, the same seat.",
                QuickMatched,
                QuickRequest,
                auth=Auth.PLAYER,
                codes=(
                    Code.UNAUTHENTICATED,
                    Code.FORBIDDEN,
                    Code.UNKNOWN_GAME,
                    Code.NOT_SEATED,
                    Code.DRAINING,
                    Code.ROOM_BUSY,
                    Code.UNAVAILABLE,
                ),
            ),
            Route(
                "DELETE",
                "/api/quick",
                self._delete_quick,
                "Wait no longer. A match that has begun goes on.",
                QuickCancelled,
                auth=Auth.PLAYER,
                codes=(Code.UNAUTHENTICATED,),
            ),
        ]

    async def _post_quick(self, request: web.Request) -> web.Response:
        player = self._identity.need_player(request)
        self._quotas.take(Quota.ROOM, request)
        wanted = await body_of(request, QuickRequest)
        entered: asyncio.Future[Entered | Refused] = asyncio.get_running_loop().create_future()

        def settled(result: Entered | Refused) -> None:
            if not entered.done():  # the request may have been given up; the seat is kept for a while
                entered.set_result(result)

        self._quick.enter(player.player_id, GameName(wanted.game), settled)
        result = await entered
        if isinstance(result, Refused):
            raise problem(result)
        self._told_made()
        return answer(QuickMatched(result.room_id, result.status, result.bots_at_ms))

    async def _delete_quick(self, request: web.Request) -> web.Response:
        player = self._identity.need_player(request).player_id
        was_asking = self._quick.is_asking(player)
        room_id = self._quick.cancel(player)
        return answer(QuickCancelled(was_asking or room_id is not None, room_id))
