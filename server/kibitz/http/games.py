"""REST of games: what there is to play, and how each is played, as data."""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from kibitz.codes import Code
from kibitz.http.cache.responses import Made, ResponseCache
from kibitz.http.cache.rules import GAMES
from kibitz.http.game_views import GameViews
from kibitz.http.json import answer
from kibitz.http.problems import ProblemError
from kibitz.http.resources.games import ActionInfo, Arrow, GameInfo, GameList, States
from kibitz.http.routes import Route
from kibitz.ids import GameName
from kibitz.rooms.fold.diagrams import StateTable, lifecycle, phases_diagram, phases_of
from kibitz.rules import Game


class GamesApi:
    """Games never change while the server runs: they are described once."""

    def __init__(self, games: Mapping[GameName, Game[Any]], views: GameViews, cache: ResponseCache) -> None:
        self._cache = cache
        self.described = [game_info(game, views.url(name)) for name, game in sorted(games.items())]
        self._diagrams = {str(name): phases_diagram(game) for name, game in games.items()}
        self._phases = {str(name): _states(phases_of(game)) for name, game in games.items()}
        self._lifecycle = _states(lifecycle())

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/api/games", self._get_games, "The games of this server.", GameList),
            Route(
                "GET",
                "/api/games/{name}/diagram",
                self._get_diagram,
                "The phases of a game as a Mermaid state diagram, drawn from the table that runs.",
                codes=(Code.UNKNOWN_GAME,),
                content_type="text/plain",
            ),
            Route(
                "GET",
                "/api/games/{name}/phases",
                self._get_phases,
                "The phases of a game: the table that runs, as data.",
                States,
                codes=(Code.UNKNOWN_GAME,),
            ),
            Route(
                "GET",
                "/api/lifecycle",
                self._get_lifecycle,
                "The lifecycle of a room: the table that runs, as data.",
                States,
            ),
        ]

    async def _get_games(self, request: web.Request) -> web.Response:
        return await self._cache.answer(request, GAMES, "", lambda: Made(GameList(self.described)))

    async def _get_diagram(self, request: web.Request) -> web.Response:
        diagram = self._diagrams.get(request.match_info["name"])
        if diagram is None:
            raise ProblemError(Code.UNKNOWN_GAME)
        return web.Response(text=diagram, content_type="text/plain", charset="utf-8")

    async def _get_phases(self, request: web.Request) -> web.Response:
        phases = self._phases.get(request.match_info["name"])
        if phases is None:
            raise ProblemError(Code.UNKNOWN_GAME)
        return answer(phases)

    async def _get_lifecycle(self, request: web.Request) -> web.Response:
        return answer(self._lifecycle)


def game_info(game: Game[Any], view: str | None) -> GameInfo:
    """The game as clients need it to offer it, and to draw and play it without knowing it."""
    options = msgspec.json.schema(game.options)
    return GameInfo(
        name=game.name,
        title=game.title,
        summary=game.summary,
        seats_least=game.seats.least,
        seats_most=game.seats.most,
        has_bots=game.brain is not None,
        options=options,
        options_schema=options,
        actions=[
            ActionInfo(each.name, _arguments(each.payload), each.out_of_turn)
            for each in game.actions.values()
        ],
        view=view,
        views_differ=game.views_differ,
        realtime=game.ticks_per_second > 0,
        uses_chance=game.uses_chance,
        durability=game.durability.value,
        rules_version=game.rules_version,
    )


def _states(table: StateTable) -> States:
    arrows = [Arrow(begin, end, triggers) for (begin, end), triggers in table.arrows.items()]
    return States(table.begin, list(table.final), arrows)


def _arguments(payload: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of an action's arguments, without a reference to itself to be followed first."""
    schema = msgspec.json.schema(payload)
    named: dict[str, Any] = schema["$defs"]
    arguments: dict[str, Any] = named.pop(schema["$ref"].rpartition("/")[2])
    for words in ("title", "description"):  # for the author, in the author's words
        arguments.pop(words, None)
    return arguments | ({"$defs": named} if named else {})
