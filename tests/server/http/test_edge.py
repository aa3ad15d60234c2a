"""Every answer says which request it was, and a fault can be found in the log and the metrics by it."""

import logging
from pathlib import Path

import pytest

from kibitz.app.logs import JsonFormatter
from kibitz.http.catalog import Catalog
from kibitz.metrics import names
from support.running_server import running


async def test_each_answer_has_an_id_of_its_own(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        seen = set()
        for path in ("/healthz", "/api/games", "/api/nothing", "/healthz"):
            async with up.http.get(up.url + path) as answer:
                seen.add(answer.headers["X-Request-Id"])
        assert len(seen) == 4
        assert all(len(each) == 8 and each.isascii() for each in seen)


async def test_a_fault_is_logged_with_its_request_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lines(logging.Handler):
        def __init__(self) -> None:
            super().__init__()
            self.setFormatter(JsonFormatter())
            self.lines: list[str] = []

        def emit(self, record: logging.LogRecord) -> None:
            self.lines.append(self.format(record))

    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    lines = Lines()
    async with running(tmp_path) as up:
        monkeypatch.setattr(Catalog, "find", broken)
        logging.getLogger().addHandler(lines)
        try:
            async with up.http.get(f"{up.url}/api/rooms/some-room") as answer:
                mark = answer.headers["X-Request-Id"]
                assert (answer.status, mark in await answer.text()) == (500, True)
        finally:
            logging.getLogger().removeHandler(lines)
        (line,) = [line for line in lines.lines if "request failed" in line]
        assert f'"request_id": "{mark}"' in line
        assert "broken on purpose" in line
        metrics = up.server.metrics
        assert metrics.counted(names.ERRORS, "http", "GET /api/rooms/{room} 500") == 1
        assert metrics.counted(names.ERRORS, "exception", "kibitz.http.edge") == 1
