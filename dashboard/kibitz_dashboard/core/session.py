"""Who is looking: the admin session of the server, checked in every page and every request.

The browser holds the session token in an HttpOnly cookie of the dashboard's own. The server stays
the judge; its answer is believed for at most 30 s, a refusal is never kept.
"""

import threading
import time
from collections.abc import Callable
from hashlib import sha256

from kibitz_dashboard.server.answers import Admin
from kibitz_dashboard.server.api import NotAllowed, ServerApi

COOKIE = "kibitz_dashboard"
BELIEVED_S = 30.0
_ENTRIES_MAX = 1000


class SessionCheck:
    """Asks the server who a token belongs to, and remembers for a short while."""

    def __init__(self, api: ServerApi, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Admin]] = {}

    def admin(self, token: str | None) -> Admin | None:
        """The admin of this token, None when it is nobody's. Raises `ServerUnreachable`."""
        if not token or not token.isascii() or len(token) > 256 or not token.isprintable():
            return None
        # not the token itself: a memory dump of this process should open no session
        key = sha256(token.encode()).hexdigest()
        with self._lock:
            known = self._known.get(key)
            if known is not None and self._monotonic() - known[0] < BELIEVED_S:
                return known[1]
        try:
            admin = self._api.session(token)
        except NotAllowed:
            self.forget(token)
            return None
        with self._lock:
            if len(self._known) >= _ENTRIES_MAX:
                self._known.clear()
            self._known[key] = (self._monotonic(), admin)
        return admin

    def forget(self, token: str) -> None:
        with self._lock:
            self._known.pop(sha256(token.encode()).hexdigest(), None)


_checks: dict[str, SessionCheck] = {}


def session_check(server_url: str) -> SessionCheck:
    """One per server in this process, so that routes and pages share what is known."""
    return _checks.setdefault(server_url, SessionCheck(ServerApi(server_url)))
