"""REST of players: who I am and how I do, the rooms I sit in, and who plays best."""

import asyncio
from collections.abc import Callable

import apsw
from aiohttp import web

from kibitz.accounts.records import Player
from kibitz.codes import Code
from kibitz.http.cache.responses import Made, ResponseCache
from kibitz.http.cache.rules import LEADERBOARD, PLAYER, board_tag, player_tag
from kibitz.http.catalog import Catalog, Names
from kibitz.http.identity import Identity
from kibitz.http.json import answer, query_of
from kibitz.http.problems import ProblemError
from kibitz.http.resources.players import (
    GameTally,
    Leaderboard,
    LeaderboardQuery,
    LeaderboardRow,
    MyRoom,
    MyRooms,
    PastMatch,
    Profile,
)
from kibitz.http.routes import Auth, Route
from kibitz.ids import GameName, PlayerId, RoomId, is_bot
from kibitz.ratings.standings import Past, Ranked, Standings, Tally
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.directory.heads import Head, Listed
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.guard.guard import FAULTS
from kibitz.rooms.room import Room

RECENT = 20
MY_ROOMS_MOST = 50

Seated = Callable[[PlayerId], list[RoomId]]
"""The open rooms in which a player has a seat, oldest first."""


class PlayersApi:
    """`standings` is None where the ratings cannot be read: everything else is still answered."""

    def __init__(
        self,
        identity: Identity,
        standings: Standings | None,
        seated: Seated,
        directory: Directory,
        catalog: Catalog,
        names: Names,
        games: frozenset[GameName],
        cache: ResponseCache,
    ) -> None:
        self._cache = cache
        self._identity = identity
        self._standings = standings
        self._seated = seated
        self._directory = directory
        self._catalog = catalog
        self._names = names
        self._games = games

    def routes(self) -> list[Route]:
        return [
            Route(
                "GET",
                "/api/players/me",
                self._get_me,
                "Who I am, how I do in each game, and my last matches.",
                Profile,
                auth=Auth.PLAYER,
                codes=(Code.UNAUTHENTICATED,),
            ),
            Route(
                "GET",
                "/api/players/me/rooms",
                self._get_my_rooms,
                "The open rooms in which I have a seat: those that wait for me first, then the newest.",
                MyRooms,
                auth=Auth.PLAYER,
                codes=(Code.UNAUTHENTICATED,),
            ),
            Route(
                "GET",
                "/api/leaderboard",
                self._get_leaderboard,
                "Who plays a game best.",
                Leaderboard,
                query=LeaderboardQuery,
                codes=(Code.UNKNOWN_GAME, Code.UNAVAILABLE),
            ),
        ]

    async def _get_me(self, request: web.Request) -> web.Response:
        player = self._identity.need_player(request)
        return await self._cache.answer(
            request, PLAYER, player.player_id, lambda: self._made_profile(player), player.name
        )

    async def _get_my_rooms(self, request: web.Request) -> web.Response:
        return answer(await self._my_rooms(self._identity.need_player(request).player_id))

    async def _get_leaderboard(self, request: web.Request) -> web.Response:
        query = query_of(request, LeaderboardQuery)
        game = GameName(query.game)

        def make() -> Made:
            board = self.leaderboard(game, query.limit)
            shown = (player_tag(PlayerId(row.player_id)) for row in board.rows)
            return Made(board, (board_tag(game), *shown))

        return await self._cache.answer(request, LEADERBOARD, f"{game}:{query.limit}", make)

    # ------------------------------------------------------------ what is answered

    def _made_profile(self, player: Player) -> Made:
        tallies: list[Tally] = []
        past: list[Past] = []
        is_whole = True
        if self._standings is not None:
            try:
                tallies = self._standings.tallies(player.player_id)
                past = self._standings.recent(player.player_id, RECENT)
            except apsw.Error:
                is_whole = False  # who somebody is, is told all the same
        opponents = {who for each in past for who in each.opponents}
        profile = Profile(
            player_id=player.player_id,
            name=player.name,
            is_bot=is_bot(player.player_id),
            games=[
                GameTally(
                    each.game, each.played, each.won, each.drawn, _whole(each.rating), _whole(each.deviation)
                )
                for each in tallies
            ],
            recent=[
                PastMatch(
                    room_id=each.room,
                    match=each.match,
                    game=each.game,
                    ended_ms=each.ended_us // 1000,
                    result=each.result.value,
                    opponents=[self._names(who) or "" for who in each.opponents],
                )
                for each in past
            ],
        )
        return Made(profile, tuple(map(player_tag, {player.player_id, *opponents})), is_whole)

    async def _my_rooms(self, player: PlayerId) -> MyRooms:
        rooms = []
        for room_id in list(reversed(self._seated(player)))[:MY_ROOMS_MOST]:
            held = self._directory.held(room_id)
            if held is not None:
                rooms.append(self._my_room(held, player))
            if isinstance(held, Head):
                await asyncio.sleep(0)  # reading one takes a millisecond; others do not wait for all of them
        return MyRooms(sorted(rooms, key=lambda room: (not room.your_turn, -room.updated_ms)))

    def _my_room(self, held: Listed, player: PlayerId) -> MyRoom:
        return MyRoom(
            room_id=held.room_id,
            game=held.game_name,
            status=held.status,
            your_turn=self._is_turn_of(held, player),
            seats=self._catalog.seats(held),
            updated_ms=held.last_event_us // 1000,
        )

    def _is_turn_of(self, held: Listed, player: PlayerId) -> bool:
        if held.status is not Status.PLAYING:
            return False
        # Whose turn it is, the game alone knows: a room at rest is read for it.
        room = self._directory.find(held.room_id) if isinstance(held, Head) else held
        if not isinstance(room, Room):
            return False
        try:
            return room.seat_of(player) in room.to_move
        except FAULTS:
            return False  # the room's own moves will say so

    def leaderboard(self, game: GameName, limit: int) -> Leaderboard:
        if game not in self._games:
            raise ProblemError(Code.UNKNOWN_GAME)
        if self._standings is None:
            raise ProblemError(Code.UNAVAILABLE, "There are no ratings just now.")
        try:
            ranked = self._standings.board(game, limit)
            rated_us = self._standings.rated_us(game)
        except apsw.Error:
            raise ProblemError(Code.UNAVAILABLE, "There are no ratings just now.") from None
        rows = [self._row(rank, each) for rank, each in enumerate(ranked, 1)]
        return Leaderboard(game, rows, rated_us // 1000)

    def _row(self, rank: int, each: Ranked) -> LeaderboardRow:
        return LeaderboardRow(
            rank,
            each.player,
            self._names(each.player) or "",
            round(each.rating),
            round(each.deviation),
            each.played,
            each.won,
        )


def _whole(figure: float | None) -> int | None:
    return None if figure is None else round(figure)
