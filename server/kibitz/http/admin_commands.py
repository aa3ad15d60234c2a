"""REST of what an admin does to a room.

A command is written into the audit log before it is carried out: where that cannot be written, nothing
is done. One that is refused afterwards is written down as refused.
"""

import asyncio
from collections.abc import Callable, Sequence

from aiohttp import web

from kibitz.accounts.accounts import Accounts
from kibitz.accounts.records import AdminSession, AuditEntry
from kibitz.codes import Code
from kibitz.http.catalog import problem
from kibitz.http.identity import Identity
from kibitz.http.json import answer, body_of, body_or
from kibitz.http.problems import ProblemError
from kibitz.http.quotas import Quotas
from kibitz.http.resources.admin_commands import CommandDone, KickRequest, PauseRequest, RewindRequest
from kibitz.http.routes import Auth, Route
from kibitz.ids import RoomId, Seat, Version
from kibitz.rooms.answers import DoneAnswer, Left, Refused
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.room import Room

_Command = Callable[[Room, DoneAnswer], None]
_NEEDED = (
    Code.UNAUTHENTICATED,
    Code.FORBIDDEN,
    Code.UNKNOWN_ROOM,
    Code.ROOM_CLOSED,
    Code.UNAVAILABLE,
)


class AdminCommandsApi:
    """Wants an admin's token."""

    def __init__(self, accounts: Accounts, identity: Identity, directory: Directory, quotas: Quotas) -> None:
        self._accounts = accounts
        self._identity = identity
        self._directory = directory
        self._quotas = quotas

    def routes(self) -> Sequence[Route]:
        room = "/api/admin/rooms/{room}"
        playing = (*_NEEDED, Code.WRONG_PHASE, Code.ROOM_FAULTED, Code.ROOM_BUSY)
        return [
            Route(
                "POST",
                f"{room}/pause",
                self._pause,
                "Have the clocks stand, and take no actions until `resume`.",
                CommandDone,
                PauseRequest,
                auth=Auth.ADMIN,
                codes=playing,
            ),
            Route(
                "POST",
                f"{room}/resume",
                self._resume,
                "Have a paused match go on.",
                CommandDone,
                auth=Auth.ADMIN,
                codes=playing,
            ),
            Route(
                "POST",
                f"{room}/rewind",
                self._rewind,
                "Have the match stand as after an earlier version; mends a faulted room.",
                CommandDone,
                RewindRequest,
                auth=Auth.ADMIN,
                codes=(*playing, Code.GAME_FAULT),
            ),
            Route(
                "POST",
                f"{room}/kick",
                self._kick,
                "Free a seat; its player may watch, and not take a seat there again.",
                CommandDone,
                KickRequest,
                auth=Auth.ADMIN,
                codes=(*playing, Code.NOT_SEATED, Code.GAME_FAULT),
            ),
            Route(
                "POST",
                f"{room}/close",
                self._close,
                "End the room for good; its matches can still be replayed.",
                CommandDone,
                auth=Auth.ADMIN,
                codes=_NEEDED,
            ),
            Route(
                "POST",
                f"{room}/release",
                self._release,
                "Try a faulted room again, and the acts that were refused in it.",
                CommandDone,
                auth=Auth.ADMIN,
                codes=(*_NEEDED, Code.UNKNOWN_GAME, Code.RULES_CHANGED, Code.ROOM_FAULTED),
            ),
        ]

    async def _pause(self, request: web.Request) -> web.Response:
        self._identity.need_admin(request)
        wanted = await body_or(request, PauseRequest())
        return await self._do(
            request, "pause", wanted.reason, lambda room, done: room.pause(wanted.reason, done)
        )

    async def _resume(self, request: web.Request) -> web.Response:
        return await self._do(request, "resume", "", lambda room, done: room.resume(done))

    async def _rewind(self, request: web.Request) -> web.Response:
        self._identity.need_admin(request)
        to_version = Version((await body_of(request, RewindRequest)).to_version)
        return await self._do(
            request, "rewind", f"to version {to_version}", lambda room, done: room.rewind(to_version, done)
        )

    async def _kick(self, request: web.Request) -> web.Response:
        self._identity.need_admin(request)
        seat = Seat((await body_of(request, KickRequest)).seat)
        return await self._do(request, "kick", f"seat {seat}", lambda room, done: room.kick(seat, done))

    async def _close(self, request: web.Request) -> web.Response:
        return await self._do(request, "close", "", lambda room, done: room.close("admin", done))

    async def _release(self, request: web.Request) -> web.Response:
        admin = self._identity.need_admin(request)
        room_id = RoomId(request.match_info["room"])
        if self._directory.held(room_id) is None:
            raise ProblemError(Code.UNKNOWN_ROOM)
        await self._write_down(request, admin, "release")
        room = self._directory.release(room_id)
        if isinstance(room, Refused):
            await self._write_down(request, admin, "release_refused", room.code)
            raise problem(room)
        return answer(CommandDone(room.version))

    async def _do(self, request: web.Request, command: str, detail: str, carry_out: _Command) -> web.Response:
        admin = self._identity.need_admin(request)
        room = self._room(RoomId(request.match_info["room"]))
        await self._write_down(request, admin, command, detail)
        done: asyncio.Future[Left | Refused] = asyncio.get_running_loop().create_future()

        def settled(result: Left | Refused) -> None:
            if not done.done():  # the request may have been given up
                done.set_result(result)

        carry_out(room, settled)
        result = await done
        if isinstance(result, Refused):
            await self._write_down(request, admin, f"{command}_refused", result.code)
            raise problem(result)
        return answer(CommandDone(result.version))

    async def _write_down(
        self, request: web.Request, admin: AdminSession, command: str, detail: str = ""
    ) -> None:
        room_id = request.match_info["room"]
        address = self._quotas.address(request)
        await self._accounts.audit(AuditEntry(admin.name, f"room_{command}", room_id, address, detail))

    def _room(self, room_id: RoomId) -> Room:
        room = self._directory.find(room_id)
        if isinstance(room, Refused):
            raise problem(room)
        return room
