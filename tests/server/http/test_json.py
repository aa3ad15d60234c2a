"""Bodies that are no JSON, or not as clients may send it: the contract's error, and nothing in the log."""

import json
import logging
from pathlib import Path

import pytest

from kibitz.http import json as http_json
from support.http_wire import HttpWire
from support.running_server import bearer, running

DEEP = b"[" * 20_000 + b"]" * 20_000
BODIES = {
    "too deep to be skipped": b'{"game": "connect-four", "options": ' + DEEP + b"}",
    "deeper than allowed": b'{"game": "connect-four", "options": ' + b"[" * 17 + b"]" * 17 + b"}",
    "not UTF-8": b'{"game": "\xff\xfe"}',
    "half a surrogate pair": b'{"game": "\\ud800"}',
    "not a number": b'{"game": "connect-four", "seats": NaN}',
    "beyond any integer": b'{"game": "connect-four", "seats": ' + b"9" * 5_000 + b"}",
    "cut off": b'{"game": ',
    "nothing": b"",
}


@pytest.mark.parametrize("case", BODIES)
async def test_garbage_is_a_bad_request_and_no_fault(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    async with running(tmp_path) as server:
        headers = {"Content-Type": "application/json", **bearer((await server.guest())["token"])}
        async with server.http.post(f"{server.url}/api/rooms", data=BODIES[case], headers=headers) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, "bad_request")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
async def test_compressed_bodies_are_not_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, coding: str
) -> None:
    async with running(tmp_path) as server, await HttpWire.open(server.server.port) as wire:
        headers = {"Content-Type": "application/json", "Content-Encoding": coding}
        answer = await wire.request("POST", "/api/session", body=b'{"name": "Ada"}', headers=headers)
        assert (answer.status, answer.json["code"]) == (415, "bad_request")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_body_that_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_json, "BODY_TIMEOUT_S", 0.1)
    async with running(tmp_path) as server, await HttpWire.open(server.server.port) as wire:
        headers = {"Content-Type": "application/json", "Content-Length": "100"}
        await wire.send("POST", "/api/session", body=b"{", headers=headers)
        answer = await wire.answer()
        assert (answer.status, answer.json["code"]) == (408, "bad_request")
        assert answer.headers["connection"] == "close"


async def test_as_deep_as_allowed(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        headers = {"Content-Type": "application/json", **bearer((await server.guest())["token"])}
        nested = json.loads("[" * 15 + "]" * 15)
        body = {"game": "connect-four", "options": nested}
        async with server.http.post(f"{server.url}/api/rooms", json=body, headers=headers) as answer:
            assert (await answer.json())["code"] == "bad_options"
