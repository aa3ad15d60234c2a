"""REST of admins' sessions."""

from aiohttp import web
from msgspec import UNSET

from kibitz.accounts.accounts import Accounts
from kibitz.accounts.records import LoginRefused
from kibitz.codes import Code
from kibitz.http.identity import Identity, bearer
from kibitz.http.json import answer, body_of
from kibitz.http.problems import ProblemError
from kibitz.http.quotas import Quota, Quotas
from kibitz.http.resources.admin import AdminLogin, AdminSession
from kibitz.http.routes import Auth, Route


class AdminApi:
    """An admin comes with `Authorization: Bearer TOKEN`; there is no cookie that a page could abuse."""

    def __init__(self, accounts: Accounts, identity: Identity, quotas: Quotas) -> None:
        self._accounts = accounts
        self._identity = identity
        self._quotas = quotas

    def routes(self) -> list[Route]:
        session = "/api/admin/session"
        return [
            Route(
                "POST",
                session,
                self._post_session,
                "Log an admin in by name and password, or by the one-time link.",
                AdminSession,
                AdminLogin,
                status=201,
                codes=(Code.UNAUTHENTICATED,),
            ),
            Route(
                "GET",
                session,
                self._get_session,
                "Whose session this is.",
                AdminSession,
                auth=Auth.ADMIN,
                codes=(Code.UNAUTHENTICATED,),
            ),
            Route(
                "DELETE",
                session,
                self._delete_session,
                "Log out.",
                auth=Auth.ADMIN,
                status=204,
                codes=(Code.UNAUTHENTICATED,),
            ),
        ]

    async def _post_session(self, request: web.Request) -> web.Response:
        self._quotas.take(Quota.LOGIN, request)
        login = await body_of(request, AdminLogin)
        address = self._quotas.address(request)
        if login.link_token is not UNSET:
            opened = await self._accounts.redeem_link(login.link_token, address)
            if opened is None:
                raise ProblemError(Code.UNAUTHENTICATED, "The link was used already, or is too old.")
        elif login.name is not UNSET and login.password is not UNSET:
            tried = await self._accounts.admin_login(login.name, login.password, address)
            if isinstance(tried, LoginRefused):
                raise ProblemError(
                    Code.UNAUTHENTICATED,
                    "Name and password do not fit.",
                    retry_ms=tried.retry_ms or None,
                )
            opened = tried
        else:
            raise ProblemError(Code.BAD_REQUEST, "Give name and password, or link_token.")
        session, token = opened
        return answer(AdminSession(session.name, session.expires_us // 1000, token), status=201)

    async def _get_session(self, request: web.Request) -> web.Response:
        session = self._identity.need_admin(request)
        return answer(AdminSession(session.name, session.expires_us // 1000))

    async def _delete_session(self, request: web.Request) -> web.Response:
        self._identity.need_admin(request)
        await self._accounts.end_admin_session(bearer(request) or "")
        return web.Response(status=204)
