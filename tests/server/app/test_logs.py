"""Both forms of the log carry the extra fields, and nothing in them can forge a line."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from kibitz.app.logs import set_up_logs


@pytest.fixture
def root() -> Iterator[None]:
    """Put the root logger back as pytest wants it."""
    logger = logging.getLogger()
    handlers, level, raising = logger.handlers[:], logger.level, logging.raiseExceptions
    yield
    logger.handlers[:], logging.raiseExceptions = handlers, raising
    logger.setLevel(level)


@pytest.mark.usefixtures("root")
def test_json() -> None:
    out = io.StringIO()
    set_up_logs("info", "auto", out)
    logging.getLogger("kibitz.test").info("joined\nFAKE", extra={"room": "r1"})
    logging.getLogger("kibitz.test").debug("not shown")
    (line,) = out.getvalue().splitlines()
    fields = json.loads(line)
    assert fields.pop("at").endswith("+00:00")
    assert fields == {"level": "info", "logger": "kibitz.test", "message": "joined\nFAKE", "room": "r1"}


@pytest.mark.usefixtures("root")
def test_plain() -> None:
    out = io.StringIO()
    set_up_logs("warning", "plain", out)
    logging.getLogger("kibitz.test").warning("bad\x1b[31m\nFAKE", extra={"room": "r1"})
    (line,) = out.getvalue().splitlines()
    assert line.endswith("warning bad\\x1b[31m\\nFAKE (room=r1)")


@pytest.mark.usefixtures("root")
def test_a_trace_is_one_field() -> None:
    out = io.StringIO()
    set_up_logs("info", "json", out)
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("kibitz.test").exception("failed")
    (line,) = out.getvalue().splitlines()
    assert "ValueError: no" in json.loads(line)["trace"]


@pytest.mark.usefixtures("root")
def test_the_text_of_an_error_forges_no_line() -> None:
    out = io.StringIO()
    set_up_logs("info", "plain", out)
    try:
        raise ValueError("\x1b[2J\n14:02:11 info    started")
    except ValueError:
        logging.getLogger("kibitz.test").exception("failed")
    first, *trace = out.getvalue().splitlines()
    assert first.endswith("error   failed")
    assert all(line.startswith("  ") and line.isprintable() for line in trace)
