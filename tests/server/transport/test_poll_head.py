"""What is read in front of aiohttp is beyond doubt (RFC 9112); everything else is a doubt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.transport.poll_head import Doubt, PollReader, RequestEnds
from support.aiohttp_reading import understood

TARGET = b"/socket.io/?EIO=4&transport=polling&sid=abc"
GET = b"GET " + TARGET + b" HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST " + TARGET + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n40a"


def with_field(field: bytes, request: bytes = POST) -> bytes:
    return request.replace(b"Host: a\r\n", b"Host: a\r\n" + field + b"\r\n", 1)


def read(request: bytes, reader: PollReader | None = None) -> tuple[str, bytes | None, int]:
    end = request.find(b"\r\n\r\n")
    if end < 0:
        raise Doubt
    head, body, after = (reader or PollReader([b"/socket.io/"], 10)).read(request, end, 1000)
    return head.method, body, after


def test_plain_requests() -> None:
    reader = PollReader([b"/socket.io/"], 10)
    assert read(GET + b"next", reader) == ("GET", b"", len(GET))
    assert read(POST + b"next", reader) == ("POST", b"40a", len(POST))
    browser = with_field(b"Connection: keep-alive\r\nAccept: */*\r\nCookie: a=b; c=d", GET)
    for _ in range(2):
        assert read(browser, reader)[2] == len(browser)
    head, _, _ = reader.read(browser, browser.find(b"\r\n\r\n"), 1000)
    assert (head.path, head.query_string) == ("/socket.io/", "EIO=4&transport=polling&sid=abc")
    assert head.headers["cookie"] == "a=b; c=d"


def test_a_body_over_the_limit_is_not_waited_for() -> None:
    request = POST.replace(b"Length: 3", b"Length: 1001")
    assert read(request) == ("POST", None, len(request) - 3 + 1001)


DOUBTFUL = {
    "length and chunks": with_field(b"Transfer-Encoding: chunked"),
    "chunks": with_field(b"Transfer-Encoding: chunked").replace(b"Content-Length: 3\r\n", b""),
    "hidden chunks": with_field(b"Transfer-Encoding: xchunked"),
    "chunks by another name": with_field(b"Transfer-Encoding : chunked"),
    "two lengths": with_field(b"Content-Length: 3"),
    "two other lengths": with_field(b"Content-Length: 5"),
    "a list of lengths": POST.replace(b"Length: 3", b"Length: 3, 3"),
    "a signed length": POST.replace(b"Length: 3", b"Length: +3"),
    "a hexadecimal length": POST.replace(b"Length: 3", b"Length: 0x3"),
    "a length with an underscore": POST.replace(b"Length: 3", b"Length: 0_3"),
    "no digits": POST.replace(b"Length: 3", b"Length: "),
    "digits of other scripts": POST.replace(b"Length: 3", "Length: ³".encode("latin-1")),
    "a huge length": POST.replace(b"Length: 3", b"Length: " + b"9" * 30),
    "half a body": POST[:-1],
    "no length": POST.replace(b"Content-Length: 3\r\n", b""),
    "a GET with a body": GET.replace(b"Host", b"Content-Length: 0\r\nHost"),
    "a bare LF behind a field": with_field(b"A: b\nC: d"),
    "a bare LF behind the line": GET.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\n"),
    "a bare CR": with_field(b"A: b\rContent-Length: 9"),
    "a folded field": with_field(b"A: b\r\n c"),
    "a folded field at the beginning": GET.replace(b"Host", b" Host"),
    "a space before the colon": with_field(b"A : b"),
    "no colon": with_field(b"AB"),
    "no name": with_field(b": b"),
    "a NUL": with_field(b"A: b\0"),
    "bytes that are no ASCII": with_field(b"A: \xff"),
    "a repeated field": with_field(b"Accept: a\r\naccept: b"),
    "two hosts": with_field(b"Host: b"),
    "no host": GET.replace(b"Host: a\r\n", b"A: b\r\n"),
    "an empty host": GET.replace(b"Host: a", b"Host:"),
    "no fields": b"GET " + TARGET + b" HTTP/1.1\r\n\r\n",
    "a length with zeros before it": POST.replace(b"Length: 3", b"Length: 003"),
    "too many fields": with_field(b"\r\n".join(b"A%d: b" % number for number in range(10))),
    "an expectation": with_field(b"Expect: 100-continue"),
    "an upgrade": with_field(b"Upgrade: websocket", GET),
    "a last request": with_field(b"Connection: close", GET),
    "more connection options": with_field(b"Connection: keep-alive, Upgrade", GET),
    "HTTP/1.0": GET.replace(b"1.1", b"1.0"),
    "HTTP/1.10": GET.replace(b"1.1", b"1.10"),
    "another version": GET.replace(b"HTTP/1.1", b"http/1.1"),
    "HEAD": GET.replace(b"GET", b"HEAD"),
    "OPTIONS": GET.replace(b"GET", b"OPTIONS"),
    "small letters": GET.replace(b"GET", b"get"),
    "two spaces": GET.replace(b"GET ", b"GET  "),
    "a tab": GET.replace(b"GET ", b"GET\t"),
    "a tab in the target": GET.replace(b"sid", b"\tsid"),
    "a space in the target": GET.replace(b"sid", b" sid"),
    "a fragment": GET.replace(b"=abc", b"=abc#d"),
    "a whole address": GET.replace(b"/socket.io/", b"http://a/socket.io/"),
    "an escaped path": GET.replace(b"/socket.io/", b"/socket%2eio/"),
    "another path": GET.replace(b"/socket.io/", b"/api/rooms"),
    "two question marks": GET.replace(b"/socket.io/", b"/socket.io/?/x"),
    "no query": b"GET /socket.io/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "an empty line before": b"\r\n" + GET,
}
PLAIN = {"two question marks"}
"""A `?` may stand in a query (RFC 3986, 3.4)."""


@pytest.mark.parametrize("name", sorted(DOUBTFUL.keys() - PLAIN))
def test_doubts(name: str) -> None:
    reader = PollReader([b"/socket.io/"], 10)
    read(GET, reader)
    for _ in range(2):  # nothing of it is remembered
        with pytest.raises(Doubt):
            read(DOUBTFUL[name], reader)
    assert read(GET, reader)[0] == "GET"


NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
NASTY = st.sampled_from(
    [
        *(
            b"\r\n",
            b"\n",
            b"\r",
            b" ",
            b"\t",
            b"\0",
            b"\xff",
            b"\x0b",
            b"\x0c",
            b":",
            b",",
            b";",
            b"0",
            b"\r\n\r\n",
        ),
        *(
            b"Content-Length: 3\r\n",
            b"Content-Length: 0\r\n",
            b"content-length:5\r\n",
            b"Content-Length : 5\r\n",
        ),
        *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding:\tchunked\r\n", b"TE: trailers\r\n"),
        *(b"Connection: close\r\n", b"Connection: upgrade\r\nUpgrade: a\r\n", b"Expect: 100-continue\r\n"),
        *(
            b"A: b\r\n",
            b"A:\r\n",
            b" c\r\n",
            b"HTTP/1.1",
            b"HTTP/1.0",
            b"GET ",
            b"?",
            b"#",
            b"%0d%0a",
            b"+",
            b"-",
            b"0x",
        ),
        *(GET, POST, b"0\r\n\r\n", b"3\r\n40a\r\n"),
    ]
)


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A request with a few strange things in it."""
    data = draw(st.sampled_from([GET, POST, with_field(b"Accept: */*", GET), with_field(b"Cookie: a=b")]))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        cut = draw(st.sampled_from([0, 0, 0, 1, 2]))
        data = data[:at] + draw(NASTY) + data[at + cut :]
    return data


@settings(deadline=None)
@given(data=spoiled())
def test_what_is_read_here_aiohttp_understands_alike(data: bytes) -> None:
    """No bytes are a request to one and something else to the other: nothing can be smuggled."""
    try:
        end = data.index(b"\r\n\r\n")
        head, body, after = PollReader([b"/socket.io/"], 10).read(data, end, 1000)
    except (ValueError, Doubt):
        return
    if body is None:
        return
    first, second = understood(data[:after] + NEXT) or [None, None]
    assert first is not None
    assert (first.method, first.target, first.body) == (head.method, f"{head.path}?{head.query_string}", body)
    assert {name.lower().decode(): value.decode() for name, value in first.fields} == head.headers
    assert second == understood(NEXT)[0]  # type: ignore[index]


@settings(deadline=None)
@given(data=spoiled())
def test_where_an_end_is_known_aiohttp_begins_anew(data: bytes) -> None:
    ends = RequestEnds(16_384)
    ends.feed(data)
    if not ends.is_between:
        return
    found = understood(data + NEXT)
    if found is not None:  # what it refuses it closes
        assert len(found) == 2
        assert found[0].body is not None
        assert found[1] == understood(NEXT)[0]  # type: ignore[index]


LENGTHS = st.sampled_from([b"", b"Content-Length: 0\r\n", b"Content-Length: 4\r\n"])
OTHERS = st.sampled_from([b"", b"Accept: */*\r\n", b"Cookie: " + b"k" * 50 + b"\r\n"])


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    method = draw(st.sampled_from([b"GET", b"POST", b"HEAD", b"PUT", b"DELETE"]))
    length = draw(LENGTHS)
    body = draw(st.binary(min_size=4, max_size=4)) if length.endswith(b"4\r\n") else b""
    return b"%b /api HTTP/1.1\r\nHost: a\r\n%b%b\r\n%b" % (method, draw(OTHERS), length, body)


@settings(deadline=None)
@given(sent=st.lists(requests(), max_size=4), data=st.data())
def test_ends_are_found_in_any_pieces(sent: list[bytes], data: st.DataObject) -> None:
    """One request after another, each in pieces: between two of them and nowhere else."""
    ends = RequestEnds(1000)
    for request in sent:
        assert ends.is_between
        while request:
            size = data.draw(st.integers(1, len(request)))
            ends.feed(request[:size])
            request = request[size:]
            assert ends.is_between is (not request)
    assert ends.is_between


ENDS_UNKNOWN = DOUBTFUL.keys() - {
    # refused or rare, but nobody could take its end to be elsewhere
    *(
        "a GET with a body",
        "HEAD",
        "OPTIONS",
        "a last request",
        "an expectation",
        "no query",
        "an escaped path",
    ),
    *("a tab in the target", "a fragment", "another path", "two question marks", "no length", "no host"),
    *("an empty host", "no fields", "a repeated field", "bytes that are no ASCII"),
    *("more connection options", "too many fields"),
}


@pytest.mark.parametrize("name", sorted(ENDS_UNKNOWN))
def test_after_a_doubtful_request_no_end_is_known(name: str) -> None:
    ends = RequestEnds(1000)
    ends.feed(DOUBTFUL[name])
    assert not ends.is_between
    ends.feed(b"\r\n\r\n")
    if name != "half a body":
        assert not ends.is_between


def test_pipelined_requests_and_long_heads_have_no_known_end() -> None:
    for sent in (GET + GET, GET + b"G", POST + b"\r\n"):
        ends = RequestEnds(1000)
        ends.feed(sent)
        ends.feed(b"")
        assert not ends.is_between
    ends = RequestEnds(100)
    ends.feed(b"GET / HTTP/1.1\r\nA: " + b"k" * 100)
    ends.feed(b"\r\n\r\n")
    assert not ends.is_between
