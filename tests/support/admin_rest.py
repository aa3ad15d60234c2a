"""A stand-in for the server's admin REST: the real wire, no server behind it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

TOKEN = "token-of-an-admin"
LINK = "one-time-link"
PASSWORD = "correct horse"


class AdminRest:
    """`POST`, `GET` and `DELETE /api/admin/session`, and `GET /api/admin/rooms`, on a loopback port."""

    def __init__(self) -> None:
        self.rooms: list[dict[str, object]] = []
        self.tokens = {TOKEN}
        self.links = {LINK}
        self.calls: list[str] = []
        rest = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                rest.calls.append(f"GET {self.path}")
                if self._token() not in rest.tokens:
                    self._answer(401, {"detail": "no session", "code": "unauthenticated"})
                elif self.path == "/api/admin/session":
                    self._answer(200, {"name": "ada", "expires_at_ms": 4_000_000_000_000})
                else:
                    self._answer(
                        200,
                        {
                            "rooms": rest.rooms,
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
                link = body.get("link_token")
                if link in rest.links:
                    rest.links.discard(link)
                elif (body.get("name"), body.get("password")) != ("ada", PASSWORD):
                    self._answer(401, {"detail": "wrong", "code": "unauthenticated"})
                    return
                self._answer(200, {"token": TOKEN, "name": "ada", "expires_at_ms": 4_000_000_000_000})

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
