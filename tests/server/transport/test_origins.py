"""Origin and Host: the whole matrix."""

import pytest

from kibitz.transport.origins import OriginPolicy, Verdict

POLICY = OriginPolicy.only(["http://localhost:8000", "https://Play.Example"], cors=True)
OK, HOST, ORIGIN = Verdict.ALLOWED, Verdict.HOST_REFUSED, Verdict.ORIGIN_REFUSED


@pytest.mark.parametrize("is_websocket", [False, True])
@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({"host": "localhost:8000", "origin": "http://localhost:8000"}, OK),
        ({"host": "LOCALHOST:8000", "origin": "HTTP://localhost:8000"}, OK),
        ({"host": "play.example", "origin": "https://play.example"}, OK),
        ({"host": "localhost:8000"}, OK),
        ({"host": "localhost:8000", "sec-fetch-site": "same-origin"}, OK),
        ({"host": "localhost:8000", "sec-fetch-site": "none"}, OK),
        ({"host": "localhost:8000", "sec-fetch-site": "cross-site"}, ORIGIN),
        ({"host": "localhost:8000", "sec-fetch-site": "same-site"}, ORIGIN),
        ({"host": "localhost:8000", "origin": "http://evil.example"}, ORIGIN),
        ({"host": "localhost:8000", "origin": "http://localhost:8000.evil.example"}, ORIGIN),
        ({"host": "localhost:8000", "origin": "http://localhost"}, ORIGIN),
        ({"host": "localhost:8000", "origin": "https://localhost:8000"}, ORIGIN),
        ({"host": "localhost:8000", "origin": "null"}, ORIGIN),
        ({"host": "localhost:8000", "origin": ""}, ORIGIN),
        ({"host": "evil.example", "origin": "http://evil.example"}, HOST),  # DNS rebinding
        ({"host": "evil.example", "origin": "http://localhost:8000"}, HOST),
        ({"host": "localhost"}, HOST),
        ({"host": ""}, HOST),
        ({}, HOST),
        ({"x-forwarded-host": "localhost:8000", "host": "evil.example"}, HOST),
    ],
)
def test_matrix(headers: dict[str, str], verdict: Verdict, *, is_websocket: bool) -> None:
    assert POLICY.judge(headers, is_websocket=is_websocket) is verdict
    assert OriginPolicy.any().judge(headers, is_websocket=is_websocket) is OK


def test_cookie_without_origin() -> None:
    """A browser names its origin in every websocket handshake, but not in a GET of its own page."""
    headers = {"host": "localhost:8000", "cookie": "kibitz_session=x"}
    assert POLICY.judge(headers, is_websocket=True) is ORIGIN
    assert POLICY.judge(headers, is_websocket=False) is OK


def test_cors() -> None:
    assert OriginPolicy.any().cors_headers({"origin": "http://a"}) == {"Access-Control-Allow-Origin": "*"}
    assert OriginPolicy.any().cors_headers({}) == {}
    assert POLICY.cors_headers({"origin": "http://evil.example"}) == {"Vary": "Origin"}
    assert POLICY.cors_headers({"origin": "http://localhost:8000"}) == {
        "Access-Control-Allow-Origin": "http://localhost:8000",
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }
    assert OriginPolicy.only(["http://a"]).cors_headers({"origin": "http://a"}) == {}


def test_cors_options() -> None:
    everybody = OriginPolicy.any(credentials=True)
    assert everybody.cors_headers({"origin": "http://a"}) == {
        "Access-Control-Allow-Origin": "http://a",
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }
    policy = OriginPolicy(
        frozenset(["http://a"]),
        None,
        cors=True,
        credentials=False,
        request_headers=("X-Token",),
        exposed_headers=("X-Trace", "X-Later"),
        preflight_s=5,
    )
    asked = {"origin": "http://a", "access-control-request-headers": "X-Any"}
    cors = policy.cors_headers(asked)
    assert cors == {
        "Access-Control-Allow-Origin": "http://a",
        "Access-Control-Expose-Headers": "X-Trace, X-Later",
        "Vary": "Origin",
    }
    assert policy.preflight_headers(asked, cors) == {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Max-Age": "5",
        "Access-Control-Allow-Headers": "X-Token",
    }
    refused = {"origin": "http://evil.example"}
    assert policy.preflight_headers(refused, policy.cors_headers(refused)) == {}
