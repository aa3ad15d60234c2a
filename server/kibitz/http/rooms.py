"""REST of rooms."""

import asyncio
import io
from collections.abc import Callable
from functools import partial

from aiohttp import web
from msgspec import UNSET

from kibitz.codes import Code
from kibitz.http.cache.responses import Made, ResponseCache
from kibitz.http.cache.rules import EVENTS, ROOM, ROOMS, ROOMS_TAG, room_tag
from kibitz.http.catalog import Catalog, ClosedRoom, problem
from kibitz.http.identity import Identity
from kibitz.http.json import answer, body_of, query_of
from kibitz.http.problems import ProblemError
from kibitz.http.quotas import Quota, Quotas
from kibitz.http.resources.rooms import (
    CreateRoom,
    EventPage,
    EventsQuery,
    ForkRoom,
    RoomCreated,
    RoomInfo,
    RoomList,
    RoomQuery,
)
from kibitz.http.routes import Auth, Route
from kibitz.ids import JOIN_CODE_LENGTH, GameName, PlayerId, RoomId, Version
from kibitz.journal.records import NewRoom
from kibitz.protocol import messages
from kibitz.rooms.answers import Refused
from kibitz.rooms.directory.archive import Archive
from kibitz.rooms.directory.creation import CreateAnswer, Creation
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.fold.forks import ForkWishes
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room

CLOSED = "closed"
"""The version of a room in which nothing can happen any more."""
_READ = (Code.UNKNOWN_ROOM, Code.RULES_CHANGED)


class RoomsApi:
    """The handlers."""

    def __init__(
        self,
        directory: Directory,
        archive: Archive,
        catalog: Catalog,
        identity: Identity,
        quotas: Quotas,
        cache: ResponseCache,
        made: Callable[[], None],
    ) -> None:
        """`made` is told of each new room."""
        self._directory = directory
        self._archive = archive
        self._cache = cache
        self._told_made = made
        self._catalog = catalog
        self._identity = identity
        self._quotas = quotas

    def routes(self) -> list[Route]:
        return [
            Route(
                "GET", "/api/rooms", self._get_rooms, "Public rooms, newest first.", RoomList, query=RoomQuery
            ),
            Route(
                "POST",
                "/api/rooms",
                self._post_room,
                "Create a room. Nobody is seated by it: join it on the socket.",
                RoomCreated,
                CreateRoom,
                auth=Auth.PLAYER,
                status=201,
                codes=(
                    Code.UNAUTHENTICATED,
                    Code.UNKNOWN_GAME,
                    Code.BAD_OPTIONS,
                    Code.DRAINING,
                    Code.ROOM_BUSY,
                    Code.UNAVAILABLE,
                ),
            ),
            Route(
                "GET",
                "/api/rooms/{room}",
                self._get_room,
                "A room by its id or its join code; codes that miss are limited.",
                RoomInfo,
                codes=_READ,
            ),
            Route(
                "POST",
                "/api/rooms/{room}/fork",
                self._post_fork,
                "A new room that goes on from any move of a finished match.",
                RoomCreated,
                ForkRoom,
                auth=Auth.PLAYER,
                status=201,
                codes=(
                    *_READ,
                    Code.UNAUTHENTICATED,
                    Code.UNKNOWN_GAME,
                    Code.WRONG_PHASE,
                    Code.FORBIDDEN,
                    Code.BAD_OPTIONS,
                    Code.GAME_FAULT,
                    Code.DRAINING,
                    Code.ROOM_BUSY,
                    Code.UNAVAILABLE,
                ),
            ),
            Route(
                "GET",
                "/api/rooms/{room}/events",
                self._get_events,
                "What happened in a room, as the asking player may see it.",
                EventPage,
                query=EventsQuery,
                codes=_READ,
            ),
            Route(
                "GET",
                "/api/rooms/{room}/invite.svg",
                self._get_invite,
                "The invite link as a QR code.",
                codes=_READ,
                content_type="image/svg+xml",
            ),
        ]

    # ------------------------------------------------------------ handlers

    async def _get_rooms(self, request: web.Request) -> web.Response:
        query = query_of(request, RoomQuery)
        game = None if query.game is None else GameName(query.game)
        status = None if query.status is None else Status(query.status)
        key = f"{query.game or ''}:{query.status or ''}"
        return await self._cache.answer(
            request, ROOMS, key, lambda: Made(RoomList(self._catalog.listed(game, status)), (ROOMS_TAG,))
        )

    async def _post_room(self, request: web.Request) -> web.Response:
        player = self._identity.need_player(request)
        self._quotas.take(Quota.ROOM, request)
        wanted = await body_of(request, CreateRoom)
        creation = Creation(
            game=GameName(wanted.game),
            host=player.player_id,
            options=b"{}" if wanted.options is UNSET else bytes(wanted.options),
            seats=None if wanted.seats is UNSET else wanted.seats,
            is_private=wanted.is_private,
            bots=wanted.bots,
            spectator_delay_ms=wanted.spectator_delay_ms,
        )
        return await self._made(partial(self._directory.create, creation))

    async def _post_fork(self, request: web.Request) -> web.Response:
        player = self._identity.need_player(request)
        self._quotas.take(Quota.ROOM, request)
        self._quotas.take(Quota.REPLAY, request)  # it folds as much as a replay does
        wanted = await body_of(request, ForkRoom)
        room_id = RoomId(request.match_info["room"])
        wishes = ForkWishes(player.player_id, wanted.bots, wanted.is_private)
        return await self._made(partial(self._directory.fork, room_id, Version(wanted.version), wishes))

    async def _made(self, make: Callable[[CreateAnswer], None]) -> web.Response:
        made: asyncio.Future[Room | Refused] = asyncio.get_running_loop().create_future()

        def settled(result: Room | Refused) -> None:
            if not made.done():  # the request may have been given up
                made.set_result(result)

        make(settled)
        room = await made
        if isinstance(room, Refused):
            raise problem(room)
        self._told_made()
        return answer(RoomCreated(room.room_id, room.code, self._catalog.invite_url(room)), status=201)

    async def _get_room(self, request: web.Request) -> web.Response:
        named = request.match_info["room"]
        room_id = RoomId(named)
        if len(named) == JOIN_CODE_LENGTH:
            room_id = self._catalog.find(request, named).room_id  # counts codes that miss
        held = self._directory.held(room_id)
        version = CLOSED if held is None else f"{held.epoch}.{held.version}"

        def make() -> Made:
            return Made(self._catalog.info(self._catalog.find(request, room_id)), (room_tag(room_id),))

        return await self._cache.answer(request, ROOM, room_id, make, version)

    async def _get_events(self, request: web.Request) -> web.Response:
        query = query_of(request, EventsQuery)
        room_id = RoomId(request.match_info["room"])
        known = self._identity.player(request)
        player = None if known is None else known.player_id
        held = self._directory.held(room_id)
        if held is not None and (held.status is not Status.FINISHED or held.spectator_delay_ms):
            return answer(self._events(room_id, query, player))
        version = CLOSED if held is None else f"{held.epoch}.{held.version}"

        def make() -> Made:
            page = self._events(room_id, query, player)
            record = self._archive.record(room_id)
            # Of a delayed match more is shown by and by, though nothing happens in it any more.
            is_kept = isinstance(record, NewRoom) and not record.spectator_delay_ms
            return Made(page, (room_tag(room_id),), is_kept)

        key = f"{room_id}:{player or ''}:{query.after}:{query.limit}"
        return await self._cache.answer(request, EVENTS, key, make, version)

    def _events(self, room_id: RoomId, query: EventsQuery, player: PlayerId | None) -> EventPage:
        events = self._directory.events(room_id, Version(query.after), query.limit, player)
        if isinstance(events, Refused):
            raise problem(events)
        shown = [
            messages.ShownEvent(
                epoch=event.epoch,
                version=event.version,
                at_us=event.at_us,
                kind=event.kind,
                seat=event.seat,
                type=event.type,
                args=event.args,
                action_id=event.action_id,
            )
            for event in events
        ]
        return EventPage(shown, shown[-1].version if len(shown) == query.limit else None)

    async def _get_invite(self, request: web.Request) -> web.Response:
        room = self._catalog.find(request, request.match_info["room"])
        if isinstance(room, ClosedRoom):
            raise ProblemError(Code.ROOM_CLOSED)
        import segno  # loaded after the start (`kibitz.app.run`), which should not wait for it

        out = io.BytesIO()
        # Sizes in the viewBox only, colours by the page: the picture is drawn as text is. `?qr` counts who
        # came by it.
        segno.make(f"{self._catalog.invite_url(room)}?qr", error="m", micro=False).save(
            out, kind="svg", border=2, xmldecl=False, omitsize=True, dark="#000", light="#fff", title="Invite"
        )
        return web.Response(
            body=out.getvalue(),
            content_type="image/svg+xml",
            headers={"Cache-Control": "private, max-age=3600"},
        )
