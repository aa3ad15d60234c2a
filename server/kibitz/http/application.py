"""Puts the HTTP side together: routes, pages, description, and the edge around them."""

from collections.abc import Callable, Sequence

from aiohttp import web

from kibitz.http.edge import Answered, make_dresser, make_edge
from kibitz.http.openapi import describe
from kibitz.http.quotas import Quotas
from kibitz.http.routes import Route, mount
from kibitz.http.site import Site
from kibitz.reach import Reach

BODY_BYTES_MAX = 64 * 1024


def make_application(
    routes: Sequence[Route],
    site: Site,
    reach: Reach,
    quotas: Quotas,
    refused: Callable[[str], None],
    answered: Answered | None = None,
) -> web.Application:
    """The application for everything on the port that is not realtime."""
    app = web.Application(
        client_max_size=BODY_BYTES_MAX, middlewares=[make_edge(reach, quotas, refused, answered)]
    )
    app.on_response_prepare.append(make_dresser(reach))
    description: bytes

    async def get_description(request: web.Request) -> web.Response:
        return web.Response(body=description, content_type="application/json")

    described = [*routes, Route("GET", "/openapi.json", get_description, "This description.")]
    description = describe(described, reach.cookie_name)
    mount(app, described)
    site.mount(app)
    return app
