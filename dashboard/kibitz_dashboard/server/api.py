"""The part of the server's REST that admins use."""

import http.client
import json
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from kibitz_dashboard.server.answers import (
    Admin,
    Audit,
    ClientBuild,
    Done,
    Faults,
    History,
    Live,
    Login,
    RoomDetail,
    SignInBegun,
    SignInOffer,
    States,
)

TIMEOUT_S = 3.0
BODY_BYTES_MAX = 8 * 1024 * 1024

T = TypeVar("T")


class ServerError(Exception):
    """Root of what calls to the server raise."""


class ServerUnreachable(ServerError):
    """Nobody answered, or not with what the contract promises."""


class NotAllowed(ServerError):
    """The server knows no such admin, link or session, or wants fewer tries."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Refused(ServerError):
    """The server knows who asks, and did not do it; `code` says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


class _Problem(msgspec.Struct, frozen=True):
    detail: str = ""
    title: str = ""
    code: str = ""


class ServerApi:
    """One server. Each call opens its own connection and gives up after `TIMEOUT_S`.

    Calls raise `ServerUnreachable`, and `NotAllowed` where the server said no.
    """

    def __init__(self, base_url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._parts = urlsplit(base_url)
        self._timeout_s = timeout_s

    def exchange_link(self, link_token: str) -> Login:
        """Use up the one-time link that `kibitz up` printed."""
        return self._call("POST", "/api/admin/session", Login, body={"link_token": link_token})

    def log_in(self, name: str, password: str) -> Login:
        return self._call("POST", "/api/admin/session", Login, body={"name": name, "password": password})

    def sign_in_offer(self) -> SignInOffer:
        return self._call("GET", "/api/admin/sign-in", SignInOffer)

    def begin_sign_in(self) -> SignInBegun:
        """Where to send the browser that wants to sign in by the provider. Raises `Refused` too."""
        return self._ask("POST", "/api/admin/sign-in", SignInBegun, body={})

    def finish_sign_in(self, state: str, code: str) -> Login:
        """With what the provider sent the browser back with. Raises `Refused` too."""
        return self._ask("POST", "/api/admin/session", Login, body={"state": state, "code": code})

    def session(self, token: str) -> Admin:
        return self._call("GET", "/api/admin/session", Admin, token=token)

    def log_out(self, token: str) -> None:
        self._call("DELETE", "/api/admin/session", None, token=token)

    # What follows raises `Refused` too.

    def live(
        self,
        token: str,
        *,
        status: str = "",
        game: str = "",
        rooms: str = "",
        after: int | None = None,
        limit: int = 0,
    ) -> Live:
        """Open rooms, newest first, and the server's own state; `rooms` are ids or codes with commas."""
        query = _query(status=status, game=game, rooms=rooms, after=after, limit=limit)
        return self._ask("GET", f"/api/admin/rooms{query}", Live, token=token)

    def room(self, token: str, room_id: str) -> RoomDetail:
        return self._ask("GET", f"/api/admin/rooms/{quote(room_id, safe='')}", RoomDetail, token=token)

    def faults(self, token: str, limit: int) -> Faults:
        return self._ask("GET", f"/api/admin/faults?limit={limit}", Faults, token=token)

    def command(self, token: str, room_id: str, name: str, body: Mapping[str, object]) -> Done:
        """Have an admin's command carried out; returns once it is committed."""
        path = f"/api/admin/rooms/{quote(room_id, safe='')}/{name}"
        return self._ask("POST", path, Done, token=token, body=body)

    def audit(
        self,
        token: str,
        *,
        before: int | None = None,
        actor: str = "",
        action: str = "",
        subject: str = "",
        limit: int = 100,
    ) -> Audit:
        query = _query(before=before, actor=actor, action=action, subject=subject, limit=limit)
        return self._ask("GET", f"/api/admin/audit{query}", Audit, token=token)

    def history(self, room_id: str, after: int, limit: int) -> History:
        path = f"/api/rooms/{quote(room_id, safe='')}/history?after={after}&limit={limit}"
        return self._ask("GET", path, History)

    def lifecycle(self) -> States:
        return self._ask("GET", "/api/lifecycle", States)

    def phases(self, game: str) -> States:
        return self._ask("GET", f"/api/games/{quote(game, safe='')}/phases", States)

    def client(self) -> ClientBuild:
        """What the players' client weighs; refused where the server gives out none."""
        return self._ask("GET", "/api/client", ClientBuild)

    def _ask(
        self,
        method: str,
        path: str,
        answer: type[T],
        *,
        token: str | None = None,
        body: Mapping[str, object] | None = None,
    ) -> T:
        status, content = self._exchange(method, path, token, body)
        code = _problem(content).code if status >= 400 else ""
        if status == 401:
            ended = "Your session has ended: log in again."
            raise NotAllowed(status, ended if token else _detail(content))
        if code and code != "internal":
            raise Refused(code, _problem(content).detail)
        return _decoded(status, content, answer, method, path)

    def _call(
        self,
        method: str,
        path: str,
        answer: type[T] | None,
        *,
        token: str | None = None,
        body: Mapping[str, object] | None = None,
    ) -> T:
        status, content = self._exchange(method, path, token, body)
        if status in (400, 401, 403, 404, 409, 410, 421, 422, 429):
            raise NotAllowed(status, _detail(content))
        return _decoded(status, content, answer, method, path)

    def _exchange(
        self, method: str, path: str, token: str | None, body: Mapping[str, object] | None
    ) -> tuple[int, bytes]:
        host, port = self._parts.hostname or "127.0.0.1", self._parts.port
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(host, port, timeout=self._timeout_s)
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(
                method,
                self._parts.path.rstrip("/") + path,
                body=None if body is None else json.dumps(body).encode(),
                headers=headers,
            )
            response = connection.getresponse()
            return response.status, response.read(BODY_BYTES_MAX)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ServerUnreachable(f"The server at {self._parts.geturl()} cannot be reached.") from error
        finally:
            connection.close()


def _decoded(status: int, content: bytes, answer: type[T] | None, method: str, path: str) -> T:
    if not 200 <= status < 300:
        raise ServerUnreachable(f"The server answered {status} to {method} {path}.")
    try:
        # an answer without content decodes to None, which only calls that want none ask for
        return msgspec.json.decode(content or b"null", type=answer)
    except msgspec.DecodeError as error:
        raise ServerUnreachable(f"The server's answer to {path} is not understood: {error}.") from error


def _query(**wanted: str | int | None) -> str:
    given = {name: value for name, value in wanted.items() if value is not None and value != ""}
    return f"?{urlencode(given)}" if given else ""


def _detail(content: bytes) -> str:
    problem = _problem(content)
    return problem.detail or problem.title


def _problem(content: bytes) -> _Problem:
    try:
        return msgspec.json.decode(content, type=_Problem)
    except msgspec.DecodeError:
        return _Problem()
