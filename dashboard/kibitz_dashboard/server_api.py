"""The part of the server's REST that admins use."""

import http.client
import json
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

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


class Login(msgspec.Struct, frozen=True):
    token: str
    name: str


class Admin(msgspec.Struct, frozen=True):
    name: str


class LiveSeat(msgspec.Struct, frozen=True):
    seat: int
    player: str | None = None
    name: str | None = None
    is_bot: bool = False
    status: str | None = None
    transport: str | None = None
    latency_ms: float | None = None


class LiveRoom(msgspec.Struct, frozen=True):
    room_id: str
    game: str
    status: str
    seats: list[LiveSeat] = []
    spectators: int = 0
    version: int = 0
    match: int | None = None
    code: str | None = None


class Connections(msgspec.Struct, frozen=True):
    websocket: int = 0
    polling: int = 0


class Live(msgspec.Struct, frozen=True):
    """What the server has in memory now."""

    rooms: list[LiveRoom]
    players_connected: int = 0
    connections: Connections = Connections()
    server_version: str = ""
    started_at_ms: int = 0
    draining: bool = False


class _Problem(msgspec.Struct, frozen=True):
    detail: str = ""
    title: str = ""


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

    def session(self, token: str) -> Admin:
        return self._call("GET", "/api/admin/session", Admin, token=token)

    def log_out(self, token: str) -> None:
        self._call("DELETE", "/api/admin/session", None, token=token)

    def live(self, token: str) -> Live:
        return self._call("GET", "/api/admin/rooms", Live, token=token)

    def _call(
        self,
        method: str,
        path: str,
        answer: type[T] | None,
        *,
        token: str | None = None,
        body: dict[str, str] | None = None,
    ) -> T:
        status, content = self._exchange(method, path, token, body)
        if status in (400, 401, 403, 404, 409, 410, 421, 422, 429):
            raise NotAllowed(status, _detail(content))
        if not 200 <= status < 300:
            raise ServerUnreachable(f"The server answered {status} to {method} {path}.")
        try:
            # an answer without content decodes to None, which only calls that want none ask for
            return msgspec.json.decode(content or b"null", type=answer)
        except msgspec.DecodeError as error:
            raise ServerUnreachable(f"The server's answer to {path} is not understood: {error}.") from error

    def _exchange(
        self, method: str, path: str, token: str | None, body: dict[str, str] | None
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


def _detail(content: bytes) -> str:
    try:
        problem = msgspec.json.decode(content, type=_Problem)
    except msgspec.DecodeError:
        return ""
    return problem.detail or problem.title
