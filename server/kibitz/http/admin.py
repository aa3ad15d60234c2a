"""REST of admins' and analysts' sessions."""

from typing import TYPE_CHECKING

from aiohttp import web
from msgspec import UNSET

from kibitz.accounts.accounts import Accounts
from kibitz.accounts.records import AdminSession as Session
from kibitz.accounts.records import AuditAction, AuditEntry, LoginRefused
from kibitz.codes import Code
from kibitz.http.identity import Identity, bearer
from kibitz.http.json import answer, body_of
from kibitz.http.problems import ProblemError
from kibitz.http.quotas import Quota, Quotas
from kibitz.http.resources.admin import AdminLogin, AdminSession, SignInBegun, SignInOffer
from kibitz.http.routes import Auth, Route
from kibitz.oidc.errors import ProviderAway, SignInRefused

if TYPE_CHECKING:
    from kibitz.oidc.sign_in import SignIn


class AdminApi:
    """An admin comes with `Authorization: Bearer TOKEN`; there is no cookie that a page could abuse."""

    def __init__(
        self, accounts: Accounts, identity: Identity, quotas: Quotas, sign_in: "SignIn | None" = None
    ) -> None:
        self._accounts = accounts
        self._sign_in = sign_in
        self._identity = identity
        self._quotas = quotas

    def routes(self) -> list[Route]:
        session = "/api/admin/session"
        return [
            Route(
                "POST",
                session,
                self._post_session,
                "Log in by name and password, by the one-time link, or by what a provider sent back.",
                AdminSession,
                AdminLogin,
                status=201,
                codes=(Code.UNAUTHENTICATED, Code.UNAVAILABLE),
            ),
            Route(
                "GET",
                session,
                self._get_session,
                "Whose session this is.",
                AdminSession,
                auth=Auth.ANALYST,
                codes=(Code.UNAUTHENTICATED,),
            ),
            Route(
                "GET",
                "/api/admin/sign-in",
                self._get_sign_in,
                "Whether an OpenID provider may vouch for people, and which.",
                SignInOffer,
            ),
            Route(
                "POST",
                "/api/admin/sign-in",
                self._post_sign_in,
                "Begin a sign-in by the provider: where the browser has to go.",
                SignInBegun,
                status=201,
                codes=(Code.NOT_FOUND, Code.UNAVAILABLE),
            ),
            Route(
                "DELETE",
                session,
                self._delete_session,
                "Log out.",
                auth=Auth.ANALYST,
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
        elif login.state is not UNSET and login.code is not UNSET:
            opened = await self._provided(login.state, login.code, address)
        else:
            raise ProblemError(Code.BAD_REQUEST, "Give name and password, or link_token, or state and code.")
        session, token = opened
        told = AdminSession(session.name, session.expires_us // 1000, session.role, token)
        return answer(told, status=201)

    async def _provided(self, state: str, code: str, address: str) -> tuple[Session, str]:
        """The session of whom the provider vouches for."""
        sign_in = self._need_sign_in()
        provider = sign_in.settings.provider
        try:
            name = await sign_in.finish(state, code)
        except SignInRefused as refused:
            said = AuditEntry("", AuditAction.LOGIN_REFUSED, address=address, detail=f"{provider}: {refused}")
            await self._accounts.audit(said)
            raise ProblemError(Code.UNAUTHENTICATED, str(refused)) from None
        except ProviderAway as away:
            raise ProblemError(Code.UNAVAILABLE, str(away)) from None
        opened = await self._accounts.provided_login(name, provider, address)
        if opened is None:
            raise ProblemError(
                Code.UNAUTHENTICATED,
                "You are signed in there, and have no account here: an admin makes one with "
                "`kibitz admin create NAME --provider`.",
            )
        return opened

    async def _get_sign_in(self, request: web.Request) -> web.Response:
        return answer(SignInOffer(None if self._sign_in is None else self._sign_in.settings.provider))

    async def _post_sign_in(self, request: web.Request) -> web.Response:
        self._quotas.take(Quota.LOGIN, request)
        sign_in = self._need_sign_in()
        try:
            begun = await sign_in.begin()
        except ProviderAway as away:
            raise ProblemError(Code.UNAVAILABLE, str(away)) from None
        told = SignInBegun(begun.authorize_url, sign_in.settings.redirect_uri, begun.state)
        return answer(told, status=201)

    def _need_sign_in(self) -> "SignIn":
        if self._sign_in is None:
            raise ProblemError(Code.NOT_FOUND, "No OpenID provider is set: see oidc_issuer.")
        return self._sign_in

    async def _get_session(self, request: web.Request) -> web.Response:
        session = self._identity.need_analyst(request)
        return answer(AdminSession(session.name, session.expires_us // 1000, session.role))

    async def _delete_session(self, request: web.Request) -> web.Response:
        self._identity.need_analyst(request)
        await self._accounts.end_admin_session(bearer(request) or "")
        return web.Response(status=204)
