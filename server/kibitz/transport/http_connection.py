"""One of aiohttp's connections, which blames the right side.

aiohttp logs an error with a traceback for every request that is not HTTP, and for every client that
hangs up: whoever wants to could fill the log. Its own answers name its version and repeat what they refuse.
"""

import logging
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from kibitz.transport.poll_head import RequestEnds

if TYPE_CHECKING:
    from kibitz.transport.http_entry import HttpEntry

_log = logging.getLogger("kibitz.transport")

FAULTS_OF_CLIENTS = (HttpProcessingError, web.RequestPayloadError, ConnectionError)
_HEADERS = {"Server": "kibitz", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class HttpConnection(RequestHandler):
    """It gives its connection away when the usual request of a polling session begins and nothing before it
    is unanswered: `poll_connection` answers that for less."""

    __slots__ = ("_ends", "_entry")

    def __init__(self, entry: "HttpEntry", head_bytes_max: int, **options: Any) -> None:
        super().__init__(entry, **options)
        self._entry = entry
        self._ends = RequestEnds(head_bytes_max)

    def data_received(self, data: bytes) -> None:
        if self._ends.is_between and self._entry.polls.wants(data) and self._is_idle:
            self._entry.polls.take_over(self._entry.release(self), data)
            return
        self._ends.feed(data)
        super().data_received(data)

    @property
    def _is_idle(self) -> bool:
        """aiohttp has answered every request that it got, and nothing of that waits to be read."""
        if self._waiter is None or self._waiter.done() or self._messages or self._close or self._force_close:
            return False
        transport = self.transport
        return transport is not None and not transport.is_closing() and not transport.get_write_buffer_size()

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
