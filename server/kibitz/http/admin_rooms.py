"""REST of what an admin or analyst sees of a room, and of those that failed."""

from collections.abc import Sequence
from itertools import islice

from aiohttp import web

from kibitz.codes import Code
from kibitz.http.catalog import Catalog, Names, problem
from kibitz.http.histories import Histories
from kibitz.http.identity import Identity
from kibitz.http.json import answer, query_of
from kibitz.http.resources.admin_rooms import (
    AdminRoomDetail,
    FaultedRoom,
    Faults,
    FaultsQuery,
    RecoveryPointInfo,
    RefusedAct,
    RoomFault,
)
from kibitz.http.routes import Auth, Route
from kibitz.ids import RoomId
from kibitz.rooms.answers import Refused
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.directory.fault_reports import FaultReport
from kibitz.rooms.directory.heads import Head
from kibitz.rooms.guard.quarantine import Reported
from kibitz.rooms.room import Room

HISTORY_SHOWN = 30


class AdminRoomsApi:
    """Wants any account's token."""

    def __init__(
        self, identity: Identity, directory: Directory, catalog: Catalog, histories: Histories, names: Names
    ) -> None:
        self._identity = identity
        self._directory = directory
        self._catalog = catalog
        self._histories = histories
        self._names = names

    def routes(self) -> Sequence[Route]:
        return [
            Route(
                "GET",
                "/api/admin/rooms/{room}",
                self._get_room,
                "One open room: who is in it, what failed, what happened last.",
                AdminRoomDetail,
                auth=Auth.ANALYST,
                codes=(Code.UNAUTHENTICATED, Code.UNKNOWN_ROOM, Code.ROOM_CLOSED, Code.UNAVAILABLE),
            ),
            Route(
                "GET",
                "/api/admin/faults",
                self._get_faults,
                "The newest rooms out of play, and acts that are refused because they crashed the server.",
                Faults,
                query=FaultsQuery,
                auth=Auth.ANALYST,
                codes=(Code.UNAUTHENTICATED,),
            ),
        ]

    async def _get_room(self, request: web.Request) -> web.Response:
        self._identity.need_analyst(request)
        room_id = RoomId(request.match_info["room"])
        held = self._directory.held(room_id)
        if held is None:
            found = self._directory.find(room_id)
            if isinstance(found, Refused):
                raise problem(found)
            held = found
        out_of_play = self._directory.fault_of(held)
        fault = held.fault if isinstance(held, Room) else None
        refusal = held.refusal if isinstance(held, Head) else None
        record = held.record
        return answer(
            AdminRoomDetail(
                room=self._catalog.for_admins(held),
                epoch=held.epoch,
                rules_version=record.rules_version,
                options=dict(held.options),
                host=record.host_player_id,
                host_name=self._names(record.host_player_id),
                refusal=None if refusal is None else refusal.code,
                fault=None if fault is None else RoomFault(fault.what, fault.at_us // 1000, fault.error),
                out_of_play=None if out_of_play is None else _faulted(out_of_play),
                history=await self._histories.last(record, HISTORY_SHOWN),
            )
        )

    async def _get_faults(self, request: web.Request) -> web.Response:
        self._identity.need_analyst(request)
        limit = query_of(request, FaultsQuery).limit
        return answer(
            Faults(
                [_faulted(report) for report in self._directory.faulted(limit)],
                [_refused_act(report) for report in islice(self._directory.quarantine.acts, limit)],
            )
        )


def _faulted(report: FaultReport) -> FaultedRoom:
    return FaultedRoom(
        room_id=report.room_id,
        game=report.game,
        version=report.version,
        why=report.why,
        at_ms=report.at_us // 1000,
        doing=report.doing,
        player=report.player,
        action_id=report.action_id,
        action=report.action,
        error=report.error,
        recovery_points=[
            RecoveryPointInfo(point.version, point.at_us // 1000, point.is_intact)
            for point in report.recovery_points
        ],
    )


def _refused_act(report: Reported) -> RefusedAct:
    call = report.call
    return RefusedAct(
        room_id=call.room_id,
        why=report.why,
        at_ms=report.at_us // 1000,
        player=call.player,
        action_id=call.action_id,
        action=call.name,
        error=report.error,
    )
