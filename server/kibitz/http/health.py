"""`/healthz` says that the process lives, `/readyz` that it takes players; neither says more."""

from collections.abc import Callable

from aiohttp import web

from kibitz.codes import Code
from kibitz.http.json import answer
from kibitz.http.problems import ProblemError
from kibitz.http.resources import Health
from kibitz.http.routes import Route


class HealthApi:
    """`is_ready` is false while the server starts and while it drains."""

    def __init__(self, is_ready: Callable[[], bool]) -> None:
        self._is_ready = is_ready

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/healthz", self._get_health, "Whether the process lives.", Health),
            Route(
                "GET", "/readyz", self._get_ready, "Whether it takes players.", Health, codes=(Code.DRAINING,)
            ),
        ]

    async def _get_health(self, request: web.Request) -> web.Response:
        return answer(Health("alive"))

    async def _get_ready(self, request: web.Request) -> web.Response:
        if not self._is_ready():
            raise ProblemError(Code.DRAINING)
        return answer(Health("ready"))
