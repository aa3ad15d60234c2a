"""JSON in and out of handlers."""

from typing import TypeVar

import msgspec
from aiohttp import web
from msgspec import Struct

StructT = TypeVar("StructT", bound=Struct)


async def body_of(request: web.Request, kind: type[StructT]) -> StructT:
    """The request's JSON body. The edge turns `msgspec.DecodeError` into `bad_request`."""
    return msgspec.json.decode(await request.read(), type=kind)


def query_of(request: web.Request, kind: type[StructT]) -> StructT:
    """The request's query; numbers are read from their text. Raises `msgspec.ValidationError`."""
    return msgspec.convert(dict(request.query), type=kind, strict=False)


def answer(body: Struct, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")
