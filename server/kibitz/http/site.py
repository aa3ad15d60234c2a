"""The players' pages: which route a path is, what its boot object holds, and the built files."""

from aiohttp import web
from msgspec import UNSET

from kibitz.codes import Code
from kibitz.http.assets import Client
from kibitz.http.catalog import Catalog
from kibitz.http.embedding import Embedding
from kibitz.http.game_views import GameViews
from kibitz.http.identity import Identity
from kibitz.http.pages import Shell, not_built
from kibitz.http.problems import ProblemError
from kibitz.http.resources.games import GameInfo
from kibitz.http.resources.pages import Boot, SocketSettings
from kibitz.http.resources.rooms import RoomInfo
from kibitz.http.resources.sessions import Me
from kibitz.http.worker import Worker
from kibitz.ids import is_bot


class Site:
    """Every path that a browser shows. Reads a session, never makes one."""

    def __init__(
        self,
        client: Client | None,
        catalog: Catalog,
        games: list[GameInfo],
        views: GameViews,
        identity: Identity,
        socket: SocketSettings,
        *,
        is_worker_on: bool = True,
    ) -> None:
        self._client = client
        self._shell = None if client is None else Shell(client.manifest)
        self._build = "" if client is None else client.manifest.build
        self._catalog = catalog
        self._games = games
        self._views = views
        self._identity = identity
        self._socket = socket
        self._embedding = Embedding(client, catalog)
        self._is_worker_on = is_worker_on
        self._worker = (
            None
            if client is None or self._shell is None
            else Worker(client, self._shell, socket, is_on=is_worker_on)
        )

    def mount(self, app: web.Application) -> None:
        app.router.add_get("/", self._lobby)
        app.router.add_get("/r/{room}", self._invite)
        app.router.add_get("/room/{room}", self._room)
        app.router.add_get("/replay/{room}", self._replay)
        app.router.add_get("/player", self._player)
        app.router.add_get("/leaderboard/{game:[a-z0-9-]+}", self._leaderboard)
        self._embedding.mount(app)
        if self._worker is not None:
            self._worker.mount(app)
        if self._client is not None:
            app.router.add_get("/assets/{path:.+}", self._client.serve)
        app.router.add_get("/games/{path:.+}", self._views.serve)
        # Whatever else a person may have typed; programs get problem details.
        app.router.add_get(r"/{path:(?!api/|assets/|games/|socket\.io/).*}", self._unknown)

    async def _lobby(self, request: web.Request) -> web.Response:
        return self._page(request, "lobby", with_lobby=True)

    async def _invite(self, request: web.Request) -> web.Response:
        code = request.match_info["room"]
        return self._page(request, "room", self._find(request, code), code=code)

    async def _room(self, request: web.Request) -> web.Response:
        return self._page(request, "room", self._find(request, request.match_info["room"]))

    async def _replay(self, request: web.Request) -> web.Response:
        return self._page(request, "replay", self._find(request, request.match_info["room"]))

    async def _player(self, request: web.Request) -> web.Response:
        return self._page(request, "player", is_found=True)

    async def _leaderboard(self, request: web.Request) -> web.Response:
        name = request.match_info["game"]
        is_found = any(game.name == name for game in self._games)
        return self._page(request, "leaderboard", with_games=True, is_found=is_found)

    def _find(self, request: web.Request, named: str) -> RoomInfo | None:
        """None where there is none, or the asker tried too often: the page says it in its own words."""
        try:
            return self._catalog.info(self._catalog.find(request, named))
        except ProblemError:
            return None

    async def _unknown(self, request: web.Request) -> web.Response:
        if "text/html" not in request.headers.get("Accept", ""):
            raise ProblemError(Code.NOT_FOUND)
        return self._page(request, "unknown")

    def _page(
        self,
        request: web.Request,
        route: str,
        room: RoomInfo | None = None,
        *,
        code: str | None = None,
        with_lobby: bool = False,
        with_games: bool = False,
        is_found: bool = False,
    ) -> web.Response:
        if self._shell is None:
            return not_built()
        player = self._identity.player(request)
        boot = Boot(
            route=route,
            build=self._build,
            socket=self._socket,
            is_worker_on=self._is_worker_on,
            me=None if player is None else Me(player.player_id, player.name, is_bot(player.player_id)),
            code=UNSET if code is None else code,
            room=UNSET if room is None else room,
            games=self._games if with_lobby or with_games else UNSET,
            rooms=self._catalog.listed() if with_lobby else UNSET,
        )
        return self._shell.page(
            boot,
            status=200 if with_lobby or is_found or room is not None else 404,
            accepted=request.headers.get("Accept-Encoding", ""),
            languages=request.headers.get("Accept-Language", ""),
        )
