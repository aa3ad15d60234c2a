"""Logging in by an OpenID provider: the browser goes there and comes back; the server keeps what is secret.

That the browser which comes back is the one that went is what the cookie is for: without it, somebody could
log others in as themselves.
"""

from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kibitz_dashboard.login_page import enter_with, login_form, unreachable_page
from kibitz_dashboard.server.api import NotAllowed, Refused, ServerApi, ServerError, ServerUnreachable

BEGIN_PATH = "/login/provider"
BACK_PATH = "/login/provider/back"
"""As the server names it to the provider."""
_COOKIE = "kibitz_sign_in"
_COOKIE_S = 600


async def offered(api: ServerApi) -> str | None:
    """The provider's host; None where none is set, or nobody says."""
    try:
        return (await run_in_threadpool(api.sign_in_offer)).provider
    except ServerError:
        return None


class ProviderRoutes:
    def __init__(self, api: ServerApi) -> None:
        self._api = api

    async def begin(self, request: Request) -> Response:
        try:
            begun = await run_in_threadpool(self._api.begin_sign_in)
        except ServerUnreachable as gone:
            return unreachable_page(str(gone))
        except (NotAllowed, Refused) as refused:
            return await self._refused(refused.detail)
        back = urlsplit(begun.back_url)
        if back.netloc != request.headers.get("host") and "moved" not in request.query_params:
            # The cookie has to be where the browser comes back to: localhost is not 127.0.0.1.
            return RedirectResponse(f"{back.scheme}://{back.netloc}{BEGIN_PATH}?moved=1", 303)
        answer = RedirectResponse(begun.authorize_url, 303)
        answer.set_cookie(
            _COOKIE,
            begun.state,
            max_age=_COOKIE_S,
            path=BEGIN_PATH,
            httponly=True,
            samesite="lax",
            secure=back.scheme == "https",
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    async def come_back(self, request: Request) -> Response:
        asked = request.query_params
        state, code = asked.get("state", ""), asked.get("code", "")
        known = request.cookies.get(_COOKIE, "")
        if not state or not compare_digest(known.encode(), state.encode()):
            return await self._refused(
                "This sign-in did not begin in this browser, or took too long: try again."
            )
        if not code:
            return await self._refused("The provider did not let you in.")
        try:
            login = await run_in_threadpool(self._api.finish_sign_in, state, code)
        except ServerUnreachable as gone:
            return unreachable_page(str(gone))
        except (NotAllowed, Refused) as refused:
            return await self._refused(refused.detail)
        answer = enter_with(login.token, is_tls=request.url.scheme == "https")
        answer.delete_cookie(_COOKIE, path=BEGIN_PATH, httponly=True, samesite="lax")
        return answer

    async def _refused(self, why: str) -> Response:
        return login_form(why, await offered(self._api), bad=True, status=403)
