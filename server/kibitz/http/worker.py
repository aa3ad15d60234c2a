"""The service worker: its script, the pages that it keeps for later, and the script that ends it.

What it keeps are shells: a route's page without anything of a moment or of a session. The script as it
is served begins with a digest of them, so that a browser notices when any of them changes. Switched
off, the same address serves a script that forgets all that was kept and ends itself: browsers ask for
it on their next visit, whatever they have kept.
"""

from hashlib import sha256

from aiohttp import web

from kibitz.codes import Code
from kibitz.http.assets import Asset, Client, coded_answer
from kibitz.http.headers import WORKER_POLICY
from kibitz.http.json import answer
from kibitz.http.pages import Shell
from kibitz.http.problems import ProblemError
from kibitz.http.resources.pages import Boot, ClientBuild, SocketSettings
from kibitz.http.routes import Route

HEADERS = {"Cache-Control": "no-cache", "Content-Security-Policy": WORKER_POLICY}


class Worker:
    """The handlers of `/sw.js` and `/shell/{route}`."""

    def __init__(self, client: Client, shell: Shell, socket: SocketSettings, *, is_on: bool) -> None:
        self._shell = shell
        self._boots = {
            route: Boot(route, client.manifest.build, socket, is_worker_on=is_on)
            for route in client.manifest.skeleton
        }
        kept = client.worker if is_on else client.worker_off
        self._script: Asset | None = None
        if kept is not None:
            digest = sha256(shell.policy.encode())
            for boot in self._boots.values():
                digest.update(shell.body(boot))
            head = f'const VERSION="{digest.hexdigest()[:12]}";\n' if is_on else ""
            self._script = Asset.made("text/javascript; charset=utf-8", head.encode() + kept)

    def mount(self, app: web.Application) -> None:
        app.router.add_get("/sw.js", self._get_script)
        app.router.add_get("/shell/{route}", self._get_shell)

    async def _get_script(self, request: web.Request) -> web.Response:
        if self._script is None:
            raise ProblemError(Code.NOT_FOUND)
        return coded_answer(self._script, request, HEADERS)

    async def _get_shell(self, request: web.Request) -> web.Response:
        boot = self._boots.get(request.match_info["route"])
        if boot is None:
            raise ProblemError(Code.NOT_FOUND)
        return self._shell.page(boot, accepted=request.headers.get("Accept-Encoding", ""))


class ClientApi:
    """Tells what the players' client weighs, for the dashboard."""

    def __init__(self, client: Client | None) -> None:
        manifest = None if client is None else client.manifest
        self._build = None if manifest is None else ClientBuild(manifest.build, manifest.budgets)

    def routes(self) -> list[Route]:
        return [
            Route(
                "GET",
                "/api/client",
                self._get,
                "The build of the players' client: its parts in bytes of brotli, and their budgets.",
                ClientBuild,
                codes=(Code.NOT_FOUND,),
            )
        ]

    async def _get(self, request: web.Request) -> web.Response:
        if self._build is None:
            raise ProblemError(Code.NOT_FOUND)
        return answer(self._build)
