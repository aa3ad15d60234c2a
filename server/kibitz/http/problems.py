"""Errors as RFC 9457 problem details, with the code of the contract."""

import msgspec
from aiohttp import web

from kibitz.codes import MEANINGS, Code

CONTENT_TYPE = "application/problem+json"


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every answer that is an error. `code` decides; `detail` is for people."""

    title: str
    status: int
    detail: str
    code: str
    type: str = "about:blank"
    retry_ms: int | None = None


class ProblemError(Exception):
    """Raised by a handler; the edge answers with it. Carries no internals: clients see the text."""

    def __init__(self, code: Code, detail: str = "", *, status: int = 0, retry_ms: int | None = None) -> None:
        self.code = code
        self.detail = detail or MEANINGS[code].text
        self.status = status or MEANINGS[code].http_status
        self.retry_ms = retry_ms
        super().__init__(f"{code}: {self.detail}")


_TITLES = {
    400: "Bad request",
    401: "No session",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    415: "Not JSON",
    421: "Wrong host",
    429: "Too many requests",
    500: "Server fault",
    503: "Not now",
}


def problem_response(error: ProblemError) -> web.Response:
    """The answer to a request that ended in `error`."""
    body = ProblemDetails(
        title=_TITLES.get(error.status, "Error"),
        status=error.status,
        detail=error.detail,
        code=error.code.value,
        type=f"urn:kibitz:{error.code.value}",
        retry_ms=error.retry_ms,
    )
    response = web.Response(
        body=msgspec.json.encode(body), status=error.status, headers={"Content-Type": CONTENT_TYPE}
    )
    if error.retry_ms is not None:
        response.headers["Retry-After"] = str(-(-error.retry_ms // 1000))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.status in (408, 413, 429):
        response.force_close()  # a body is not worth waiting for, nor are more requests of this connection
    return response
