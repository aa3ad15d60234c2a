"""A route as data: router, description and docs are made from the same rows."""

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum

from aiohttp import web
from msgspec import Struct

from kibitz.codes import Code

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Auth(Enum):
    """Who may ask."""

    NOBODY = "anybody"
    PLAYER = "player's session"
    ANALYST = "admin's or analyst's session"
    ADMIN = "admin's session"


class Route(Struct, frozen=True):
    """One method of one path. `takes` and `gives` are JSON bodies, `query` the query's keys.

    `codes` are those that mean something particular here; any route can answer `host_refused`,
    `origin_refused`, `rate_limited`, `bad_request`, `too_large` and `internal`.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    gives: type[Struct] | None = None
    takes: type[Struct] | None = None
    query: type[Struct] | None = None
    auth: Auth = Auth.NOBODY
    status: int = 200
    codes: tuple[Code, ...] = ()
    content_type: str = "application/json"


def mount(app: web.Application, routes: Sequence[Route]) -> None:
    """Add every row to the router; GET answers HEAD too."""
    for route in routes:
        if route.method == "GET":
            app.router.add_get(route.path, route.handler)
        else:
            app.router.add_route(route.method, route.path, route.handler)
