"""JSON in and out of handlers."""

import asyncio
from typing import TypeVar

import msgspec
from aiohttp import web
from msgspec import Struct

from kibitz.codes import Code
from kibitz.http.problems import ProblemError
from kibitz.protocol.depth import is_deeper

StructT = TypeVar("StructT", bound=Struct)

BODY_TIMEOUT_S = 10.0
"""From the request's head to the end of its body; aiohttp would wait for ever."""
DEPTH_MAX = 16


async def body_of(request: web.Request, kind: type[StructT]) -> StructT:
    """The request's JSON body. The edge turns `msgspec.DecodeError` into `bad_request`.

    Raises `ProblemError` for a body that takes too long, does not decompress, is not UTF-8 or is
    nested deeper than `DEPTH_MAX`.
    """
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            body = await request.read()
    except TimeoutError:
        raise ProblemError(Code.BAD_REQUEST, "The body took too long.", status=408) from None
    except web.RequestPayloadError:
        raise ProblemError(Code.BAD_REQUEST, "The body is not as its header fields say.") from None
    try:
        # Only a text with that many brackets can be that deep.
        if body.count(b"[") + body.count(b"{") > DEPTH_MAX and is_deeper(
            msgspec.json.decode(body), DEPTH_MAX
        ):
            raise ProblemError(Code.BAD_REQUEST, "The body is nested too deeply.")
        return msgspec.json.decode(body, type=kind)
    except (RecursionError, UnicodeDecodeError):
        raise ProblemError(Code.BAD_REQUEST, "The body is not valid JSON.") from None


async def body_or(request: web.Request, otherwise: StructT) -> StructT:
    """As `body_of`; `otherwise`, whose type it has, where the request has no body."""
    return await body_of(request, type(otherwise)) if request.body_exists else otherwise


def query_of(request: web.Request, kind: type[StructT]) -> StructT:
    """The request's query; numbers are read from their text. Raises `msgspec.ValidationError`."""
    return msgspec.convert(dict(request.query), type=kind, strict=False)


def answer(body: Struct, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")
