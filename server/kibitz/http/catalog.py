"""Rooms as REST, pages and admins see them: found, and described."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web

from kibitz.codes import Code
from kibitz.http.problems import ProblemError
from kibitz.http.quotas import Quota, Quotas
from kibitz.http.resources.admin_live import AdminRoom
from kibitz.http.resources.rooms import RoomInfo, SeatInfo
from kibitz.ids import JOIN_CODE_LENGTH, GameName, JoinCode, PlayerId, RoomId, Seat, is_bot
from kibitz.reach import Reach
from kibitz.rooms.answers import Refused
from kibitz.rooms.directory.archive import Archive, ArchivedRoom
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.directory.heads import Listed
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rules import Game

Names = Callable[[PlayerId], str | None]

LISTED_MOST = 100


class ClosedRoom(msgspec.Struct, frozen=True):
    """A room that is only read any more."""

    room_id: RoomId
    archived: ArchivedRoom


class Catalog:
    """What there is on this server, in words; committed state only, since rooms show no other."""

    def __init__(
        self,
        directory: Directory,
        archive: Archive,
        games: Mapping[GameName, Game[Any]],
        names: Names,
        quotas: Quotas,
        reach: Reach,
        bots_at_ms: Callable[[RoomId], int | None],
    ) -> None:
        """`bots_at_ms`: when bots take the free seats of a room, where they ever do."""
        self._directory = directory
        self._archive = archive
        self._titles = {name: game.title for name, game in games.items()}
        self._names = names
        self._quotas = quotas
        self._reach = reach
        self._bots_at_ms = bots_at_ms

    def listed(self, game: GameName | None = None, status: Status | None = None) -> list[RoomInfo]:
        """Public rooms for the lobby, without their codes."""
        rooms = self._directory.list(game, status, LISTED_MOST)
        return [self._open_info(room, with_code=False) for room in rooms]

    def find(self, request: web.Request, named: str) -> Room | ClosedRoom:
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

    def info(self, room: Room | ClosedRoom) -> RoomInfo:
        if isinstance(room, ClosedRoom):
            return self._closed_info(room)
        return self._open_info(room, with_code=True)

    def seats(self, room: Listed) -> list[SeatInfo]:
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

    def for_admins(self, room: Listed) -> AdminRoom:
        """With its code, private or not."""
        return AdminRoom(
            room_id=room.room_id,
            game=room.game_name,
            status=room.status,
            seats=self.seats(room),
            spectators=room.presence.spectators,
            version=room.version,
            match=room.match,
            created_at_ms=room.created_us // 1000,
            last_event_at_ms=room.last_event_us // 1000,
            code=room.code,
            is_private=room.is_private,
            is_quick=room.is_quick,
        )

    def _title(self, game: GameName) -> str:
        return self._titles.get(game, game)

    def invite_url(self, room: Listed) -> str:
        return f"{self._reach.base_url}/r/{room.code}"

    def _open_info(self, room: Listed, *, with_code: bool) -> RoomInfo:
        return RoomInfo(
            room_id=room.room_id,
            game=room.game_name,
            title=self._title(room.game_name),
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
            options=dict(room.options),
            teams=self._archive.teams(room.record, self._directory.guard),
            spectator_delay_ms=room.spectator_delay_ms,
            is_quick=room.is_quick,
            bots_at_ms=self._bots_at_ms(room.room_id),
        )

    def _closed_info(self, room: ClosedRoom) -> RoomInfo:
        closed = room.archived
        return RoomInfo(
            room_id=room.room_id,
            game=closed.game,
            title=self._title(closed.game),
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


def problem(refusal: Refused) -> ProblemError:
    """A room's refusal, to be raised."""
    return ProblemError(Code(refusal.code), refusal.message, retry_ms=refusal.retry_ms)
