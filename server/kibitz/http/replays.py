"""REST of replays: a match as one viewer may see it, folded here, so that every game can be replayed.

A page is bounded in rows and in bytes. The fold runs on the loop in short slices, one request at a
time: however many replays are asked for, live rooms give up two milliseconds of a turn to them.
"""

import asyncio
import zlib
from typing import cast

import msgspec
from aiohttp import web
from msgspec import UNSET

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.http.assets import accepts
from kibitz.http.catalog import Names, problem
from kibitz.http.identity import Identity
from kibitz.http.json import query_of
from kibitz.http.pace import Pace
from kibitz.http.problems import ProblemError
from kibitz.http.quotas import Quota, Quotas
from kibitz.http.resources.replays import Replay, ReplayPlayer, ReplayQuery, ReplayStart, ReplayStep
from kibitz.http.routes import Route
from kibitz.ids import PlayerId, RoomId, Seat, Version, is_bot
from kibitz.journal.errors import JournalUnreadable
from kibitz.journal.records import NewRoom
from kibitz.protocol.messages import PatchOp
from kibitz.rooms.answers import Refused
from kibitz.rooms.directory.archive import Archive
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.guard.guard import FAULTS
from kibitz.rooms.guard.quarantine import UNREADABLE
from kibitz.rooms.views.gallery import Horizon
from kibitz.rooms.views.retelling import Beginning, MatchRows, Retelling, Selection, Told, seats_to_see

PAGE_BYTES_MOST = 1024 * 1024
WAITING_MOST = 16
GZIP_LEAST_BYTES = 1024
_GZIP = 31
"""zlib's `wbits` for a gzip stream with the whole window."""


class ReplaysApi:
    """The handler."""

    def __init__(
        self,
        archive: Archive,
        directory: Directory,
        identity: Identity,
        names: Names,
        quotas: Quotas,
        clock: Clock,
    ) -> None:
        self._archive = archive
        self._directory = directory
        self._identity = identity
        self._names = names
        self._quotas = quotas
        self._clock = clock
        self._turn = asyncio.Lock()
        self._waiting = 0

    def routes(self) -> list[Route]:
        return [
            Route(
                "GET",
                "/api/rooms/{room}/replay",
                self._get_replay,
                "A match step by step, as its views from one seat or a spectator's place.",
                Replay,
                query=ReplayQuery,
                codes=(
                    Code.UNKNOWN_ROOM,
                    Code.UNKNOWN_GAME,
                    Code.RULES_CHANGED,
                    Code.NOT_FOUND,
                    Code.FORBIDDEN,
                    Code.GAME_FAULT,
                    Code.ROOM_FAULTED,
                    Code.ROOM_BUSY,
                    Code.UNAVAILABLE,
                ),
            )
        ]

    async def _get_replay(self, request: web.Request) -> web.Response:
        query = query_of(request, ReplayQuery)
        self._quotas.take(Quota.REPLAY, request)
        player = self._identity.player(request)
        room_id = RoomId(request.match_info["room"])
        if self._waiting >= WAITING_MOST:
            raise ProblemError(Code.ROOM_BUSY, "Many replays are being made; try again.", retry_ms=1_000)
        self._waiting += 1
        try:
            async with self._turn:
                replay = await self._replay(room_id, query, None if player is None else player.player_id)
        except JournalUnreadable:
            raise ProblemError(Code.UNAVAILABLE) from None
        finally:
            self._waiting -= 1
        return await _answer(request, replay)

    async def _replay(self, room_id: RoomId, query: ReplayQuery, player: PlayerId | None) -> Replay:
        opened = self._archive.find(room_id)
        if isinstance(opened, Refused):
            raise problem(opened)
        report = self._directory.quarantine.room(room_id)
        if report is not None and report.why != UNREADABLE:  # it would end the server once more
            raise ProblemError(Code.ROOM_FAULTED)
        record, fold = opened
        pace = Pace(self._clock)
        horizon = self._directory.horizon(record, player)
        found = await self._match(record, query.match, horizon, pace)
        may_see = seats_to_see(fold, found, player)
        if query.seat is not None and query.seat not in may_see:
            raise ProblemError(Code.FORBIDDEN, "You may not look at this match from that seat.")
        viewer = None if query.seat is None else Seat(query.seat)
        retelling = Retelling(fold, found, viewer, Version(query.after), self._directory.guard, room_id)
        start: Beginning | None = None
        steps: list[ReplayStep] = []
        status, following, size = found.status, None, 0
        try:
            for row in self._archive.rows(record, Version(found.first - 1)):
                if row.version > found.last:
                    break
                if retelling.is_told(row):
                    start = start or retelling.beginning()
                    if len(steps) >= query.limit or size > PAGE_BYTES_MOST:
                        following = steps[-1].version
                        break
                for told in retelling.take(row):
                    steps.append(_step(told))
                    size += len(bytes(told.ops))
                    await pace.breathe()
                await pace.breathe()
            start = start or retelling.beginning()
        except FAULTS as error:  # a game's code, on data that it may not understand any more
            if isinstance(error, JournalUnreadable):
                raise
            status = Status.FAULTED
        if start is None:
            raise ProblemError(Code.GAME_FAULT, "The game cannot show this match.")
        return Replay(
            room_id=room_id,
            game=record.game,
            rules_version=record.rules_version,
            match=found.match,
            matches=found.matches,
            status=status,
            seat=viewer,
            players=[self._player(seat, each) for seat, each in enumerate(found.players)],
            teams=self._archive.teams(record, self._directory.guard),
            may_see=list(may_see),
            # Encoded as it is; decoding it first would cost what rendering saved.
            start=ReplayStart(start.version, start.at_us, cast("dict[str, object]", start.view)),
            steps=steps,
            next=following,
        )

    async def _match(self, record: NewRoom, number: int | None, horizon: Horizon, pace: Pace) -> MatchRows:
        selection = Selection()
        for row in self._archive.rows(record):
            if horizon.hides(row.version, row.at_us):
                break
            selection.add(row)
            await pace.breathe()
        found = selection.match(number)
        if found is None:
            text = "No match was played in this room yet." if number is None else "It had no such match."
            raise ProblemError(Code.NOT_FOUND, text)
        return found

    def _player(self, seat: int, player: PlayerId) -> ReplayPlayer:
        return ReplayPlayer(seat, player, self._names(player), is_bot(player))


def _step(told: Told) -> ReplayStep:
    shown = told.shown
    return ReplayStep(
        epoch=shown.epoch,
        version=shown.version,
        at_us=shown.at_us,
        kind=shown.kind,
        seat=shown.seat,
        type=shown.type,
        args=shown.args,
        ops=cast("list[PatchOp]", told.ops),
        checksum=told.checksum,
        tick=UNSET if told.tick is None else told.tick,
    )


async def _answer(request: web.Request, replay: Replay) -> web.Response:
    body = msgspec.json.encode(replay)
    headers = {"Content-Type": "application/json", "Vary": "Accept-Encoding"}
    if len(body) >= GZIP_LEAST_BYTES and accepts(request.headers.get("Accept-Encoding", ""), "gzip"):
        headers["Content-Encoding"] = "gzip"
        body = await asyncio.to_thread(zlib.compress, body, 6, _GZIP)
    return web.Response(body=body, headers=headers)
