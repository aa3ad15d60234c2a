"""Request heads: what is understood, and what is refused because two readers could differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.transport.handshake import Handshake, HeadError, parse_fields, parse_head


def test_head() -> None:
    head = parse_head(
        b"GET /socket.io/?EIO=4&t=x HTTP/1.1\r\nHost: a:1\r\nX-One:  b \t\r\nCookie: a=1\r\ncookie: b=2"
    )
    assert (head.method, head.path, head.query_string) == ("GET", "/socket.io/", "EIO=4&t=x")
    assert head.headers == {"host": "a:1", "x-one": "b", "cookie": "a=1; b=2"}


REFUSED = {
    "empty": b"",
    "no version": b"GET /",
    "old version": b"GET / HTTP/1.0",
    "two spaces": b"GET  / HTTP/1.1",
    "absolute target": b"GET http://a/ HTTP/1.1",
    "bytes in target": b"GET /\xff HTTP/1.1",
    "null in target": b"GET /\x00 HTTP/1.1",
    "method is no token": b"G(T / HTTP/1.1",
    "field without colon": b"GET / HTTP/1.1\r\nHost",
    "space before colon": b"GET / HTTP/1.1\r\nHost : a",
    "folded field": b"GET / HTTP/1.1\r\nX: a\r\n b",
    "bare line feed": b"GET / HTTP/1.1\r\nX: a\nY: b",
    "bare carriage return": b"GET / HTTP/1.1\r\nX: a\rY: b",
    "null in a field": b"GET / HTTP/1.1\r\nX: a\x00",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nhost: b",
    "two origins": b"GET / HTTP/1.1\r\nOrigin: a\r\nOrigin: b",
    "two lengths": b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1",
    "two keys": b"GET / HTTP/1.1\r\nSec-WebSocket-Key: a\r\nSec-WebSocket-Key: b",
}


@pytest.mark.parametrize("head", REFUSED.values(), ids=REFUSED.keys())
def test_refused(head: bytes) -> None:
    with pytest.raises(HeadError):
        parse_head(head)


def test_handshake() -> None:
    fields = b'Host: a\r\nCookie: kibitz_session=tok=en; broken; ="; a b{}=1; kibitz_session=other; q="x"'
    handshake = Handshake(fields, "/socket.io/", "EIO=4&x=1&x=2&y=", "192.0.2.1", 5)
    assert handshake.headers["host"] == "a"
    assert handshake.query == {"EIO": "4", "x": "2", "y": ""}
    assert handshake.cookies == {"kibitz_session": "tok=en", "a b{}": "1", "q": "x"}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for text in (data, b"GET / HTTP/1.1\r\n" + data):
        try:
            parse_head(text)
            parse_fields(data)
        except HeadError:
            pass
