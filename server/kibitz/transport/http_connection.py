"""One of aiohttp's connections, which blames the right side.

aiohttp logs an error with a traceback for every request that is not HTTP, and for every client that
hangs up: whoever wants to could fill the log. Its own answers name its version and repeat what they refuse.
"""

import logging
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

_log = logging.getLogger("kibitz.transport")

FAULTS_OF_CLIENTS = (HttpProcessingError, web.RequestPayloadError, ConnectionError)
_HEADERS = {"Server": "kibitz", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class HttpConnection(RequestHandler):
    __slots__ = ()

    def log_exception(self, *args: Any, **kw: Any) -> None:
        error = kw.get("exc_info")
        if isinstance(error, FAULTS_OF_CLIENTS):
            _log.debug("a client broke off or sent what is no HTTP (%s)", type(error).__name__)
        else:
            super().log_exception(*args, **kw)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        super().handle_error(request, status, exc, message)  # logs; raises if an answer has begun
        text = "The server failed.\n" if status >= 500 else "This is not a request that HTTP knows.\n"
        answer = web.Response(status=status, text=text, headers=_HEADERS)
        answer.force_close()
        return answer
