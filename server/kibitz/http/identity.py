"""Who sends a request: the player of its cookie or token, the admin of its token."""

from aiohttp import web

from kibitz.accounts.accounts import Accounts
from kibitz.accounts.records import AdminSession, Player, Role
from kibitz.codes import Code
from kibitz.http.problems import ProblemError
from kibitz.reach import Reach

_SCHEME = "bearer "


class Identity:
    """Sessions are looked up in memory, or by one indexed read."""

    def __init__(self, accounts: Accounts, reach: Reach) -> None:
        self._accounts = accounts
        self._reach = reach

    def player(self, request: web.Request) -> Player | None:
        """A token goes before a cookie: whoever sends one means it."""
        token = bearer(request) or request.cookies.get(self._reach.cookie_name)
        return self._accounts.find_session(token) if token else None

    def need_player(self, request: web.Request) -> Player:
        """Raises `ProblemError` (`unauthenticated`)."""
        player = self.player(request)
        if player is None:
            raise ProblemError(Code.UNAUTHENTICATED)
        return player

    def need_admin(self, request: web.Request) -> AdminSession:
        """By token only. Raises `ProblemError` (`unauthenticated`; `forbidden` to an analyst)."""
        session = self.need_analyst(request)
        if not session.role.covers(Role.ADMIN):
            raise ProblemError(Code.FORBIDDEN, "Only an admin may do that; this session is an analyst's.")
        return session

    def need_analyst(self, request: web.Request) -> AdminSession:
        """Anybody with an account, for what only looks. Raises `ProblemError` (`unauthenticated`)."""
        token = bearer(request)
        session = self._accounts.find_admin_session(token) if token else None
        if session is None:
            raise ProblemError(Code.UNAUTHENTICATED, "Log in with POST /api/admin/session.")
        return session


def bearer(request: web.Request) -> str | None:
    """The token of the Authorization header; None where it has none."""
    header = request.headers.get("Authorization", "")
    return header[len(_SCHEME) :].strip() if header.lower().startswith(_SCHEME) else None
