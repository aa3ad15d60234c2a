"""`/healthz` says that the process lives, `/readyz` that it takes players; neither says more."""

from collections.abc import Callable

from aiohttp import web

from kibitz.codes import Code
from kibitz.http.json import answer
from kibitz.http.problems import ProblemError
from kibitz.http.resources.health import Health
from kibitz.http.routes import Route


class HealthApi:
    """`not_ready` says why the server takes no players now; None when it does."""

    def __init__(self, not_ready: Callable[[], Code | None]) -> None:
        self._not_ready = not_ready

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/healthz", self._get_health, "Whether the process lives.", Health),
            Route(
                "GET",
                "/readyz",
                self._get_ready,
                "Whether it takes players.",
                Health,
                codes=(Code.DRAINING, Code.UNAVAILABLE),
            ),
        ]

    async def _get_health(self, request: web.Request) -> web.Response:
        return answer(Health("alive"))

    async def _get_ready(self, request: web.Request) -> web.Response:
        if (code := self._not_ready()) is not None:
            raise ProblemError(code)
        return answer(Health("ready"))
