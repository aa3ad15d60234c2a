"""A stand-in for the server's admin REST: the real wire, no server behind it."""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

TOKEN = "token-of-an-admin"
LINK = "one-time-link"
PASSWORD = "correct horse"


LIFECYCLE = {
    "begin": "waiting",
    "final": ["closed"],
    "arrows": [{"from": "waiting", "to": "playing", "triggers": ["started"]}],
}


class AdminRest:
    """What the dashboard asks of a server, on a loopback port: answers are what a test puts in."""

    def __init__(self) -> None:
        self.rooms: list[dict[str, object]] = []
        self.details: dict[str, dict[str, object]] = {}
        """By room id; for those that are open."""
        self.faults: dict[str, object] = {"rooms": [], "acts": []}
        self.budgets: list[dict[str, object]] = [{"name": "first load", "bytes": 20_100, "limit": 20_480}]
        self.history: list[dict[str, object]] = []
        self.audit: dict[str, object] = {"entries": [], "next": None}
        self.refusals: dict[str, tuple[int, str]] = {}
        """Status and code by the command that they meet."""
        self.commands: list[tuple[str, str, object]] = []
        """Room, name and body of those that were carried out."""
        self.role: str | None = None
        """As a session of another maker than this server would have; its own say nothing, and are admins."""
        self.tokens = {TOKEN}
        self.links = {LINK}
        self.calls: list[str] = []
        rest = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                rest.calls.append(f"GET {self.path}")
                path = self.path.partition("?")[0]
                is_public = not path.startswith("/api/admin/")
                if self._token() not in rest.tokens and not is_public:
                    self._answer(401, {"detail": "no session", "code": "unauthenticated"})
                elif self.path == "/api/admin/session":
                    told: dict[str, object] = {"name": "ada", "expires_at_ms": 4_000_000_000_000}
                    self._answer(200, told if rest.role is None else told | {"role": rest.role})
                elif path == "/api/admin/faults":
                    self._answer(200, rest.faults)
                elif path == "/api/admin/audit":
                    self._answer(200, rest.audit)
                elif path.endswith("/history"):
                    self._answer(200, {"transitions": rest.history, "next": None})
                elif path.startswith("/api/admin/rooms/"):
                    room = path.rpartition("/")[2]
                    if room in rest.details:
                        self._answer(200, rest.details[room])
                    else:
                        self._answer(410, {"detail": "The room is closed.", "code": "room_closed"})
                elif path == "/api/client":
                    self._answer(200, {"build": "b1", "budgets": rest.budgets})
                elif path == "/api/lifecycle" or path.endswith("/phases"):
                    self._answer(200, LIFECYCLE)
                else:
                    shown = rest.rooms if "limit=0" not in self.path else []
                    self._answer(
                        200,
                        {
                            "rooms": shown,
                            "next": None,
                            "totals": Counter(str(room["status"]) for room in rest.rooms),
                            "players_connected": 3,
                            "connections": {"websocket": 2, "polling": 1},
                            "server_version": "0.1.0",
                            "started_at_ms": 1_700_000_000_000,
                            "draining": False,
                        },
                    )

            def do_POST(self) -> None:
                rest.calls.append(f"POST {self.path}")
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if self.path.startswith("/api/admin/rooms/"):
                    self._command(body)
                    return
                link = body.get("link_token")
                if link in rest.links:
                    rest.links.discard(link)
                elif (body.get("name"), body.get("password")) != ("ada", PASSWORD):
                    self._answer(401, {"detail": "wrong", "code": "unauthenticated"})
                    return
                self._answer(200, {"token": TOKEN, "name": "ada", "expires_at_ms": 4_000_000_000_000})

            def _command(self, body: object) -> None:
                *_, room, name = self.path.split("/")
                if self._token() not in rest.tokens:
                    self._answer(401, {"detail": "no session", "code": "unauthenticated"})
                elif name in rest.refusals:
                    status, code = rest.refusals[name]
                    self._answer(status, {"detail": code, "code": code})
                else:
                    rest.commands.append((room, name, body))
                    self._answer(200, {"version": 9, "ok": True})

            def do_DELETE(self) -> None:
                rest.calls.append(f"DELETE {self.path}")
                rest.tokens.discard(self._token())
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

            def _token(self) -> str:
                return self.headers.get("authorization", "").removeprefix("Bearer ")

            def _answer(self, status: int, content: object) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
