"""REST of games and rooms."""

import asyncio
import io
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import segno
from aiohttp import web
from msgspec import UNSET

from kibitz.codes import Code
from kibitz.config import Reach
from kibitz.http.identity import Identity
from kibitz.http.json import answer, body_of, query_of
from kibitz.http.problems import ProblemError
from kibitz.http.quotas import Quota, Quotas
from kibitz.http.resources import (
    CreateRoom,
    EventPage,
    EventsQuery,
    GameInfo,
    GameList,
    RoomCreated,
    RoomInfo,
    RoomList,
    RoomQuery,
    SeatInfo,
)
from kibitz.http.routes import Auth, Route
from kibitz.ids import JOIN_CODE_LENGTH, GameName, JoinCode, PlayerId, RoomId, Seat, Version, is_bot
from kibitz.protocol import messages
from kibitz.rooms.answers import Refused
from kibitz.rooms.archive import ArchivedRoom
from kibitz.rooms.directory import Creation, Directory
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rules import Game

Names = Callable[[PlayerId], str | None]

LISTED_MOST = 100
_READ = (Code.UNKNOWN_ROOM, Code.RULES_CHANGED)


class RoomsApi:
    """Handlers and the descriptions that pages share with them."""

    def __init__(
        self,
        directory: Directory,
        games: Mapping[GameName, Game[Any]],
        identity: Identity,
        names: Names,
        quotas: Quotas,
        reach: Reach,
    ) -> None:
        self._directory = directory
        self._games = games
        self._identity = identity
        self._names = names
        self._quotas = quotas
        self._reach = reach
        self._infos = [_game_info(game) for _, game in sorted(games.items())]

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/api/games", self._get_games, "The games of this server.", GameList),
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

    async def _get_games(self, request: web.Request) -> web.Response:
        return answer(GameList(self.games()))

    async def _get_rooms(self, request: web.Request) -> web.Response:
        query = query_of(request, RoomQuery)
        game = None if query.game is None else GameName(query.game)
        status = None if query.status is None else Status(query.status)
        return answer(RoomList(self.listed(game, status)))

    async def _post_room(self, request: web.Request) -> web.Response:
        player = self._identity.need_player(request)
        self._quotas.take(Quota.ROOM, request)
        wanted = await body_of(request, CreateRoom)
        made: asyncio.Future[Room | Refused] = asyncio.get_running_loop().create_future()

        def settled(result: Room | Refused) -> None:
            if not made.done():  # the request may have been given up
                made.set_result(result)

        self._directory.create(
            Creation(
                game=GameName(wanted.game),
                host=player.player_id,
                options=b"{}" if wanted.options is UNSET else bytes(wanted.options),
                seats=None if wanted.seats is UNSET else wanted.seats,
                is_private=wanted.is_private,
                bots=wanted.bots,
            ),
            settled,
        )
        room = await made
        if isinstance(room, Refused):
            raise problem(room)
        return answer(RoomCreated(room.room_id, room.code, self.invite_url(room)), status=201)

    async def _get_room(self, request: web.Request) -> web.Response:
        return answer(self.info(self.find(request, request.match_info["room"])))

    async def _get_events(self, request: web.Request) -> web.Response:
        query = query_of(request, EventsQuery)
        room_id = RoomId(request.match_info["room"])
        player = self._identity.player(request)
        events = self._directory.events(
            room_id, Version(query.after), query.limit, None if player is None else player.player_id
        )
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
        return answer(EventPage(shown, shown[-1].version if len(shown) == query.limit else None))

    async def _get_invite(self, request: web.Request) -> web.Response:
        room = self.find(request, request.match_info["room"])
        if isinstance(room, ClosedRoom):
            raise ProblemError(Code.ROOM_CLOSED)
        out = io.BytesIO()
        # Sizes in the viewBox only, colours by the page: the picture is drawn as text is.
        segno.make(self.invite_url(room), error="m", micro=False).save(
            out, kind="svg", border=2, xmldecl=False, omitsize=True, dark="#000", light="#fff", title="Invite"
        )
        return web.Response(
            body=out.getvalue(),
            content_type="image/svg+xml",
            headers={"Cache-Control": "private, max-age=3600"},
        )

    # ------------------------------------------------------------ shared with pages, feed and admin

    def games(self) -> list[GameInfo]:
        return self._infos

    def listed(self, game: GameName | None = None, status: Status | None = None) -> list[RoomInfo]:
        """Public rooms for the lobby, without their codes."""
        rooms = self._directory.list(game, status, LISTED_MOST)
        return [self._open_info(room, with_code=False) for room in rooms]

    def find(self, request: web.Request, named: str) -> "Room | ClosedRoom":
        """A room by id or join code. Raises `ProblemError`; codes that miss are counted."""
        if len(named) == JOIN_CODE_LENGTH:
            self._quotas.check(Quota.CODE, request)
            found = self._directory.find_code(JoinCode(named.upper()))
            if isinstance(found, Refused):
                self._quotas.take(Quota.CODE, request)
        else:
            found = self._directory.find(RoomId(named))
        if not isinstance(found, Refused):
            return found
        if found.code == Code.ROOM_CLOSED and len(named) != JOIN_CODE_LENGTH:
            closed = self._directory.archived(RoomId(named))
            if closed is not None:
                return ClosedRoom(RoomId(named), closed)
        raise problem(found)

    def info(self, room: "Room | ClosedRoom") -> RoomInfo:
        if isinstance(room, ClosedRoom):
            return self._closed_info(room)
        return self._open_info(room, with_code=True)

    def seats(self, room: Room) -> list[SeatInfo]:
        names = self._names
        return [
            SeatInfo(
                seat=seat.seat,
                player=seat.player,
                name=None if seat.player is None else names(seat.player),
                is_bot=seat.is_bot,
                status=seat.status,
                transport=seat.transport,
                latency_ms=seat.latency_ms,
            )
            for seat in room.presence.seats()
        ]

    def title(self, game: GameName) -> str:
        known = self._games.get(game)
        return game if known is None else known.title

    def invite_url(self, room: Room) -> str:
        return f"{self._reach.base_url}/r/{room.code}"

    def _open_info(self, room: Room, *, with_code: bool) -> RoomInfo:
        return RoomInfo(
            room_id=room.room_id,
            game=room.game_name,
            title=self.title(room.game_name),
            status=room.status,
            seats=self.seats(room),
            spectators=room.presence.spectators,
            version=room.version,
            match=room.match,
            is_private=room.is_private,
            created_at_ms=room.created_us // 1000,
            last_event_at_ms=room.last_event_us // 1000,
            code=room.code if with_code else None,
            invite_url=self.invite_url(room) if with_code else None,
        )

    def _closed_info(self, room: "ClosedRoom") -> RoomInfo:
        closed = room.archived
        return RoomInfo(
            room_id=room.room_id,
            game=closed.game,
            title=self.title(closed.game),
            status=Status.CLOSED,
            seats=[
                SeatInfo(
                    seat=Seat(number),
                    player=player,
                    name=None if player is None else self._names(player),
                    is_bot=player is not None and is_bot(player),
                    status="disconnected",
                )
                for number, player in enumerate(closed.players)
            ],
            spectators=0,
            version=closed.version,
            match=closed.match,
            is_private=closed.is_private,
            created_at_ms=closed.created_us // 1000,
            last_event_at_ms=closed.last_event_us // 1000,
        )


class ClosedRoom(msgspec.Struct, frozen=True):
    """A room that is only read any more."""

    room_id: RoomId
    archived: ArchivedRoom


def problem(refusal: Refused) -> ProblemError:
    """A room's refusal, to be raised."""
    return ProblemError(Code(refusal.code), refusal.message, retry_ms=refusal.retry_ms)


def _game_info(game: Game[Any]) -> GameInfo:
    return GameInfo(
        name=game.name,
        title=game.title,
        summary=game.summary,
        seats_least=game.seats.least,
        seats_most=game.seats.most,
        has_bots=game.brain is not None,
        options=msgspec.json.schema(game.options),
    )
