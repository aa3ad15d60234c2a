"""REST of sessions: how somebody becomes a player."""

from collections.abc import Callable

from aiohttp import web

from kibitz.accounts.accounts import Accounts
from kibitz.accounts.guests import SESSION_LIFETIME_US
from kibitz.codes import Code
from kibitz.http.identity import Identity
from kibitz.http.json import answer, body_of
from kibitz.http.quotas import Quota, Quotas
from kibitz.http.resources.sessions import SessionAnswer, SessionRequest
from kibitz.http.routes import Route
from kibitz.ids import PlayerId
from kibitz.reach import Reach


class SessionsApi:
    """The only place that makes a player's session."""

    def __init__(
        self,
        accounts: Accounts,
        identity: Identity,
        quotas: Quotas,
        reach: Reach,
        renamed: Callable[[PlayerId], None],
    ) -> None:
        """`renamed` is told who has another name from now on."""
        self._told_renamed = renamed
        self._accounts = accounts
        self._identity = identity
        self._quotas = quotas
        self._reach = reach

    def routes(self) -> list[Route]:
        return [
            Route(
                "POST",
                "/api/session",
                self._post_session,
                "Become a guest. With a session already, only the name changes.",
                SessionAnswer,
                SessionRequest,
                codes=(Code.BAD_REQUEST,),
            ),
        ]

    async def _post_session(self, request: web.Request) -> web.Response:
        self._quotas.take(Quota.SESSION, request)  # renaming is a commit, too
        wanted = await body_of(request, SessionRequest)
        if wanted.client == "browser" and (known := self._identity.player(request)) is not None:
            renamed = await self._accounts.rename(known.player_id, wanted.name)
            self._told_renamed(known.player_id)
            return answer(SessionAnswer(renamed.player_id, renamed.name))
        player, token = await self._accounts.create_guest(wanted.name, is_bot=wanted.client == "bot")
        if wanted.client != "browser":
            return answer(SessionAnswer(player.player_id, player.name, token))
        response = answer(SessionAnswer(player.player_id, player.name))
        response.set_cookie(
            self._reach.cookie_name,
            token,
            max_age=SESSION_LIFETIME_US // 1_000_000,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self._reach.is_tls,
        )
        return response
