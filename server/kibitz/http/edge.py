"""What every request passes: Host, then who sends it, then its handler; and what every answer gets.

Order: Host allow-list, the address's share of requests, then, for methods that change something, the
page that sent it (`Sec-Fetch-Site`, with `Origin` for browsers that lack it) and the content type. A
request with neither header comes from no browser's page and is let through: it carries no ambient
cookie that a page could have abused.
"""

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter_ns

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from kibitz.accounts.errors import AccountsUnavailable, BadName
from kibitz.codes import Code
from kibitz.http.headers import API_POLICY, COMMON, HSTS
from kibitz.http.problems import ProblemError, problem_response
from kibitz.http.quotas import Quota, Quotas
from kibitz.ids import random_token
from kibitz.reach import Reach
from kibitz.tracing import REQUEST_ID

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Answered = Callable[[str, int, int], None]
"""`(route, status, took_ns)` of a request that was answered."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SAME_SITE = frozenset({"same-origin", "none"})


def check_host(request: web.Request, reach: Reach) -> None:
    """Raises `ProblemError` (`host_refused`) unless the request names a host of ours."""
    if request.headers.get("Host", "").lower() not in reach.hosts:
        raise ProblemError(Code.HOST_REFUSED)


def check_page(request: web.Request, reach: Reach) -> None:
    """Raises `ProblemError` (`origin_refused`) when a page of another origin sends the request."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in _SAME_SITE:
        raise ProblemError(Code.ORIGIN_REFUSED)
    if origin is not None and origin.lower() not in reach.origins:
        raise ProblemError(Code.ORIGIN_REFUSED)


def check_content_type(request: web.Request) -> None:
    """Raises `ProblemError` (415) for a body that is not JSON: a form of another page can send those.

    A compressed one is refused as well: its size says nothing about what it becomes.
    """
    if request.body_exists and request.content_type != "application/json":
        raise ProblemError(Code.BAD_REQUEST, "The body must be application/json.", status=415)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ProblemError(Code.BAD_REQUEST, "The body must not be compressed.", status=415)


def make_edge(
    reach: Reach, quotas: Quotas, refused: Callable[[str], None], answered: Answered | None = None
) -> Middleware:
    """The middleware that every request passes first; `refused` is told the code of each refusal, `answered`
    of each answer, streams left out."""

    @web.middleware
    async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
        response: web.StreamResponse
        problem: ProblemError | None = None
        began_ns = perf_counter_ns()
        REQUEST_ID.set(random_token(6))
        try:
            check_host(request, reach)
            quotas.take(Quota.REQUEST, request)
            if request.method not in _SAFE:
                check_page(request, reach)
                check_content_type(request)
            response = await handler(request)
        except ProblemError as error:
            problem = error
        except web.HTTPException as error:
            response = _of_aiohttp(error)
        except BadName as error:
            problem = ProblemError(Code.BAD_REQUEST, str(error))
        except AccountsUnavailable:
            problem = ProblemError(Code.UNAVAILABLE)
        except msgspec.ValidationError as error:
            problem = ProblemError(Code.BAD_REQUEST, str(error))
        except msgspec.DecodeError:
            problem = ProblemError(Code.BAD_REQUEST, "The body is not valid JSON.")
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            mark = REQUEST_ID.get()
            log.exception("request failed", extra={"mark": mark, "path": request.path})
            problem = ProblemError(Code.INTERNAL, f"Something failed here ({mark}).")
        if problem is not None:
            refused(problem.code.value)
            response = problem_response(problem)
        if answered is not None and response.content_type != "text/event-stream":
            answered(_route(request), response.status, perf_counter_ns() - began_ns)
        return response

    return edge


def _route(request: web.Request) -> str:
    """The request's method and path as the table of routes has them; one name for all that is not in it."""
    route = request.match_info.route
    return "unknown" if route.resource is None else f"{route.method} {route.resource.canonical}"


def _of_aiohttp(error: web.HTTPException) -> web.StreamResponse:
    match error.status:
        case 404:
            return problem_response(ProblemError(Code.NOT_FOUND))
        case 405:
            response = problem_response(ProblemError(Code.METHOD_NOT_ALLOWED))
            response.headers["Allow"] = error.headers.get("Allow", "")
            return response
        case 413:
            return problem_response(ProblemError(Code.TOO_LARGE))
        case status if status >= 400:
            return problem_response(ProblemError(Code.BAD_REQUEST, status=status))
        case _:
            raise error


def make_dresser(reach: Reach) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """The hook that gives every answer its security headers, streams included, before it is sent."""

    async def dress(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in COMMON.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", API_POLICY)
        if response.content_type == "text/event-stream":
            response.headers["Cache-Control"] = "no-store"  # aiohttp-sse has set one that may be stored
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Request-Id"] = REQUEST_ID.get()
        # aiohttp names itself and its version; nobody needs to know either.
        response.headers["Server"] = "kibitz"
        if reach.is_tls:
            response.headers.setdefault("Strict-Transport-Security", HSTS)

    return dress
