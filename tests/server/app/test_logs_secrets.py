"""Nothing secret leaves by the log, and every line says to what it belongs."""

import io
import json
import logging
import random
from collections.abc import Iterator

import pytest

from kibitz import tracing
from kibitz.accounts.tokens import new_token
from kibitz.app.logs import BLANK, TEXT_MOST, set_up_logs
from kibitz.ids import new_room_id
from kibitz.protocol.messages import Leave

log = logging.getLogger("kibitz.test")


@pytest.fixture(params=["json", "plain"])
def out(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    logger = logging.getLogger()
    handlers, level, raising = logger.handlers[:], logger.level, logging.raiseExceptions
    stream = io.StringIO()
    set_up_logs("info", request.param, stream)
    yield stream
    logger.handlers[:], logging.raiseExceptions = handlers, raising
    logger.setLevel(level)


def test_secrets_are_blanked_out_wherever_they_stand(out: io.StringIO) -> None:
    tokens = [new_token(random.Random(seed).randbytes)[0] for seed in (7, 99, 201)]
    log.info("asked /login?token=%s", tokens[0], extra={"path": f"/x?token={tokens[1]}&a=1"})
    log.info(
        "headers", extra={"header": f"Authorization: Bearer {tokens[2]}", "cookie": "a=b", "seed": 987654}
    )
    log.info("form", extra={"session_token": "short", "text": "password=hunter2&name=Ada"})
    try:
        raise ValueError(f"no session {tokens[0]}")
    except ValueError:
        log.exception("failed")
    text = out.getvalue()
    assert not [word for word in (*tokens, "a=b", "hunter2", "short", "987654") if word in text]
    assert text.count(BLANK) >= 8
    assert "name=Ada" in text


def test_ids_and_hashes_are_no_secrets(out: io.StringIO) -> None:
    room, digest = new_room_id(), "0123456789abcdef" * 4
    log.info("kept", extra={"room_id": room, "sha256": digest})
    assert room in out.getvalue()
    assert digest in out.getvalue()


def test_no_control_character_gets_out(out: io.StringIO) -> None:
    everything = "".join(map(chr, [*range(32), *range(127, 160), 0x202E, 0x2028]))
    log.info("said %s", everything, extra={"text": everything})
    (line,) = out.getvalue().splitlines()
    assert line.isprintable()


def test_long_texts_are_cut(out: io.StringIO) -> None:
    log.info("long", extra={"text": "x" * 100_000})
    assert TEXT_MOST < len(out.getvalue()) < TEXT_MOST + 300


def test_lines_name_the_event_and_its_room(out: io.StringIO) -> None:
    tracing.EVENT.message = Leave(room="some-room")
    tracing.EVENT.number = 41
    try:
        log.warning("odd")
    finally:
        tracing.EVENT.message = None
    log.warning("nobody")
    first, second = out.getvalue().splitlines()
    assert "event-41" in first
    assert "some-room" in first
    assert "event-41" not in second


def test_lines_name_the_request(out: io.StringIO) -> None:
    before = tracing.REQUEST_ID.set("abcd")
    try:
        log.warning("odd", extra={"room_id": "r1"})
    finally:
        tracing.REQUEST_ID.reset(before)
    line = out.getvalue()
    if line.startswith("{"):
        assert {"request_id": "abcd", "room_id": "r1"}.items() <= json.loads(line).items()
    else:
        assert line.endswith("warning odd (request_id=abcd, room_id=r1)\n")
