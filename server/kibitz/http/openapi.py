"""/openapi.json: the description of the REST API, made from the routes and their structs."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from kibitz import __version__
from kibitz.codes import MEANINGS, Code
from kibitz.http.problems import CONTENT_TYPE, ProblemDetails
from kibitz.http.routes import Auth, Route

_ANYWHERE = (Code.BAD_REQUEST, Code.HOST_REFUSED, Code.RATE_LIMITED, Code.INTERNAL)
_SECURITY: dict[Auth, list[dict[str, list[str]]]] = {
    Auth.NOBODY: [],
    Auth.PLAYER: [{"cookie": []}, {"bearer": []}],
    Auth.ANALYST: [{"bearer": ["analyst"]}],
    Auth.ADMIN: [{"bearer": ["admin"]}],
}


def describe(routes: Sequence[Route], cookie_name: str) -> bytes:
    """The OpenAPI 3.1 document, as JSON."""
    structs = {
        kind for route in routes for kind in (route.takes, route.gives, route.query) if kind is not None
    }
    ordered = sorted(structs | {ProblemDetails}, key=lambda kind: kind.__name__)
    refs, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    ref_of = dict(zip(ordered, refs, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, ref_of, components)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Kibitz", "version": __version__},
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {
                    "cookie": {"type": "apiKey", "in": "cookie", "name": cookie_name},
                    "bearer": {"type": "http", "scheme": "bearer"},
                },
            },
        }
    )


def _operation(route: Route, ref_of: dict[Any, dict[str, Any]], components: dict[str, Any]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query is not None:
        schema = components[route.query.__name__]
        parameters += [
            {"name": name, "in": "query", "required": False, "schema": of}
            for name, of in schema["properties"].items()
        ]
    content: dict[str, Any] = {route.content_type: {"schema": {"type": "string"}}}
    if route.gives is not None:
        content = {route.content_type: {"schema": ref_of[route.gives]}}
    responses: dict[str, Any] = {str(route.status): {"description": "Done."}}
    if route.status != 204:
        responses[str(route.status)]["content"] = content
    for status, codes in sorted(_by_status((*route.codes, *_ANYWHERE)).items()):
        responses[str(status)] = {
            "description": " ".join(f"`{code}`: {MEANINGS[code].text}" for code in codes),
            "content": {CONTENT_TYPE: {"schema": ref_of[ProblemDetails]}},
        }
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "security": _SECURITY[route.auth],
        "responses": responses,
    }
    if parameters:
        operation["parameters"] = parameters
    if route.takes is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": ref_of[route.takes]}},
        }
    return operation


def _by_status(codes: Sequence[Code]) -> dict[int, list[Code]]:
    found: dict[int, list[Code]] = {}
    for code in codes:
        found.setdefault(MEANINGS[code].http_status, []).append(code)
    return found
