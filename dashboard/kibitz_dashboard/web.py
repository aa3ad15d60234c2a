"""The web around the Streamlit pages: login, logout, the brand's files, and the guard before everything.

The guard keeps strangers from the pages' code and data; each page checks the session again, because a
page outlives the request that opened it.
"""

import mimetypes
from collections.abc import Awaitable, Callable
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager

from kibitz_dashboard.core.session import COOKIE, session_check
from kibitz_dashboard.login_page import enter_with, login_form, unreachable_page
from kibitz_dashboard.provider_login import BACK_PATH, BEGIN_PATH, ProviderRoutes, offered
from kibitz_dashboard.reports.route import PREFIX, show_report
from kibitz_dashboard.server.answers import Login
from kibitz_dashboard.server.api import NotAllowed, ServerApi, ServerError, ServerUnreachable

_OPEN_PATHS = frozenset({"/login", BEGIN_PATH, BACK_PATH, "/_stcore/health", "/favicon.ico"})
_OPEN_PREFIXES = ("/brand/",)
_FORM_BYTES_MAX = 4096
_PACKAGE = files("kibitz_dashboard")
_BRAND = frozenset(file.name for file in (_PACKAGE / "brand").iterdir())

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)


def make_app(server_url: str) -> st.App:
    """The whole dashboard as one ASGI application."""
    api = ServerApi(server_url)
    login, provider = _LoginRoutes(api, server_url), ProviderRoutes(api)
    # Else Streamlit takes the folder `pages` for an app of its first kind, until app.py ran for the first
    # time: whoever came straight to a page then would see it without what surrounds it.
    PagesManager.uses_pages_directory = False
    return st.App(
        str(_PACKAGE / "app.py"),
        routes=[
            Route("/login", login.show, methods=["GET"]),
            Route("/login", login.submit, methods=["POST"]),
            Route(BEGIN_PATH, provider.begin, methods=["GET"]),
            Route(BACK_PATH, provider.come_back, methods=["GET"]),
            Route("/logout", login.leave, methods=["POST"]),
            Route("/brand/{name}", _brand, methods=["GET"]),
            Route(PREFIX + "/{report}/{period}", show_report, methods=["GET"]),
        ],
        middleware=[Middleware(Guard, server_url=server_url)],
    )


class Guard:
    """Lets nobody without a session through, to pages, their data, or their websocket."""

    def __init__(self, app: ASGIApp, server_url: str) -> None:
        self._app = app
        self._check = session_check(server_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        send = _with_headers(send)
        if path in _OPEN_PATHS or path.startswith(_OPEN_PREFIXES):
            await self._app(scope, receive, send)
            return
        try:
            token = HTTPConnection(scope).cookies.get(COOKIE)
            admin = await run_in_threadpool(self._check.admin, token)
        except ServerUnreachable as gone:
            await self._refuse(scope, receive, send, unreachable_page(str(gone)))
            return
        if admin is None:
            await self._refuse(scope, receive, send, RedirectResponse("/login", 303))
            return
        await self._app(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif "text/html" in HTTPConnection(scope).headers.get("accept", ""):
            await answer(scope, receive, send)
        else:
            await PlainTextResponse("Log in first.\n", 401)(scope, receive, send)


class _LoginRoutes:
    def __init__(self, api: ServerApi, server_url: str) -> None:
        self._api = api
        self._check = session_check(server_url)

    async def show(self, request: Request) -> Response:
        """The form; with `?token=` the one-time link, which is used up and leaves the address bar."""
        link_token = request.query_params.get("token")
        if not link_token:
            return await self._form("With the name that `kibitz admin create` made.", bad=False, status=200)
        return await self._enter(request, lambda: self._api.exchange_link(link_token))

    async def submit(self, request: Request) -> Response:
        content = await _read_form(request)
        if content is None or not _same_origin(request):
            return await self._form("That form did not come from this page; try again.", status=403)
        name, password = (content.get(key, [""])[0] for key in ("name", "password"))
        if not name or not password:
            return await self._form("Name and password are both needed.", status=400)
        return await self._enter(request, lambda: self._api.log_in(name, password))

    async def leave(self, request: Request) -> Response:
        token = request.cookies.get(COOKIE)
        if token and _same_origin(request):
            self._check.forget(token)
            try:
                await run_in_threadpool(self._api.log_out, token)
            except ServerError:
                pass  # the cookie goes all the same; the session ends by its own time
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        return answer

    async def _enter(self, request: Request, call: Callable[[], Login]) -> Response:
        try:
            login = await run_in_threadpool(call)
        except NotAllowed as refused:
            if refused.status == 429:
                return await self._form("Too many tries; wait a minute.", status=429)
            used = "This link was used or is too old; log in, or start Kibitz again for a new one."
            wrong = "Name or password is wrong."
            return await self._form(used if request.method == "GET" else wrong, status=403)
        except ServerUnreachable as gone:
            return unreachable_page(str(gone))
        return enter_with(login.token, is_tls=request.url.scheme == "https")

    async def _form(self, message: str, *, bad: bool = True, status: int) -> Response:
        return login_form(message, await offered(self._api), bad=bad, status=status)


async def _brand(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _BRAND:
        return PlainTextResponse("There is nothing at this address.\n", 404)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    content = (_PACKAGE / "brand" / name).read_bytes()
    return Response(content, media_type=kind, headers={"cache-control": "max-age=86400"})


async def _read_form(request: Request) -> dict[str, list[str]] | None:
    """The fields of a form; None for what is too large or no form."""
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > _FORM_BYTES_MAX:
            return None
    try:
        return parse_qs(content.decode("utf-8"), max_num_fields=4)
    except ValueError:
        return None


def _same_origin(request: Request) -> bool:
    """A browser names the page that a form came from; an absent header is a client that is no browser."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _with_headers(send: Send) -> Callable[..., Awaitable[None]]:
    async def sending(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            known = message.get("headers") or ()
            message["headers"] = [*known, *SECURITY_HEADERS]  # type: ignore[misc]
        await send(message)

    return sending
