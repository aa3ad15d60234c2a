"""Each report is made once, whatever was missed; what fails is tried again; what is sent arrives once."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest

from kibitz_etl.paths import Paths
from kibitz_etl.pointer import read_pointer, write_pointer
from kibitz_etl.reports.delivery import letter, signature
from kibitz_etl.reports.make import KINDS, folder_of, make
from kibitz_etl.reports.periods import Grain, parse
from kibitz_etl.reports.reporter import Reporter
from kibitz_etl.reports.runs import ATTEMPTS_MAX, Runs
from kibitz_etl.reports.settings import BadSetting, Settings, read_settings
from support.analytics_journal import naive

NOW = naive("2026-11-23 12:30:00")
DUE = {
    "2026-11-22",
    "2026-11-21",
    "2026-11-20",
    "2026-W47",
    "2026-W46",
    "2026-W45",
    "2026-W44",
    "2026-10",
}


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def made(paths: Paths, kind: str = "trend") -> set[str]:
    return {folder.name for folder in (paths.reports / kind).glob("*")}


def test_what_was_missed_is_made_once(reported: Paths, clock: Clock) -> None:
    """Nothing before the first day that anything is known of, nothing that is not over."""
    reporter = Reporter(reported, Settings(), clock)
    first = reporter.run()
    assert made(reported) <= DUE
    assert {"2026-11-22", "2026-W47", "2026-W46"} <= made(reported)
    assert first == 2 * len(made(reported))
    assert Reporter(reported, Settings(), clock).run() == 0


@pytest.mark.parametrize(
    ("checked_at", "newest_at", "known_until"),
    [
        ("2026-11-23 00:00:03", "2026-11-22 23:59:58", "2026-11-22"),  # it may have read before midnight
        ("2026-11-23 00:04:59", "2026-11-23 00:01:00", "2026-11-22"),  # telemetry may still write
        ("2026-11-23 00:05:00", "2026-11-23 00:01:00", "2026-11-23"),
        ("2026-11-23 05:59:00", "2026-11-22 21:00:00", "2026-11-22"),  # no anomaly of the 22nd is known yet
        ("2026-11-23 06:00:00", "2026-11-22 21:00:00", "2026-11-23"),  # a quiet night
        ("2026-11-25 00:06:00", "2026-11-22 21:00:00", "2026-11-24"),  # nobody came for days
    ],
)
def test_a_day_is_reported_when_all_of_it_is_known(
    reported: Paths, clock: Clock, checked_at: str, newest_at: str, known_until: str
) -> None:
    (mart,) = reported.warehouse_dir.glob("mart_*.duckdb")
    with duckdb.connect(str(mart)) as con:
        con.execute("update meta set watermark_at = ?", [naive(newest_at)])
    pointer = read_pointer(reported.pointer)
    assert pointer is not None
    write_pointer(reported.pointer, replace(pointer, checked_at=naive(checked_at)))
    due = Reporter(reported, Settings(), clock).due()
    days = [period.last for _, period in due if period.grain is Grain.DAY]
    assert max(days) == naive(f"{known_until} 00:00:00").date() - timedelta(days=1)


def test_one_that_cannot_be_made_keeps_no_other_from_it(
    reported: Paths, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (reported.reports / "trend").mkdir(parents=True)
    (reported.reports / "trend" / "2026-11-22").write_text("a file where a folder should be")
    (reported.reports / "trend" / ".2026-11-22.tmp").write_text("and one where its draft should be")
    Reporter(reported, Settings(), clock).run()
    assert "was not made: " in caplog.text
    assert "2026-11-22" in made(reported, "performance")


def test_nothing_without_a_mart(tmp_path: Path, clock: Clock) -> None:
    assert Reporter(Paths(tmp_path), Settings(), clock).run() == 0


def test_what_fails_is_tried_again_and_given_up(tmp_path: Path) -> None:
    runs, now = Runs(tmp_path / "etl.sqlite"), NOW
    for attempt in range(1, ATTEMPTS_MAX):
        runs.failed("trend", "2026-W47", now, now, "no room on the disk")
        pause = timedelta(minutes=2 ** (attempt - 1))
        assert not runs.is_wanted("trend", "2026-W47", now + pause - timedelta(seconds=1))
        now += pause
        assert runs.is_wanted("trend", "2026-W47", now)
    runs.failed("trend", "2026-W47", now, now, "no room on the disk")
    assert not runs.is_wanted("trend", "2026-W47", now + timedelta(days=9))
    runs.made("trend", "2026-W47", 3, now, now, [])
    assert not runs.is_wanted("trend", "2026-W47", now + timedelta(days=9))


class Hook:
    """A webhook on this machine that answers `status` and keeps what it was told."""

    def __init__(self) -> None:
        self.status = 204
        self.calls: list[tuple[dict[str, str], bytes]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.calls.append((dict(self.headers), body))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *args: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook?team=games"


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.server.shutdown()
    made.server.server_close()


def one_delivery(paths: Paths, clock: Clock, channel: str = "webhook") -> Runs:
    make(paths, KINDS["trend"], parse("2026-W47"), dashboard="https://games.example")
    runs = Runs(paths.ledger)
    runs.made("trend", "2026-W47", 1, clock(), clock(), [channel])
    return runs


def test_a_webhook_is_called_signed_and_once(reported: Paths, clock: Clock, hook: Hook) -> None:
    runs = one_delivery(reported, clock)
    settings = Settings(
        dashboard="https://games.example", webhook=hook.url, secret="s3cret", may_be_private=True
    )
    hook.status = 500
    reporter = Reporter(reported, settings, clock)
    reporter.deliver()
    reporter.deliver()
    assert len(hook.calls) == 1, "not again before its pause is over"
    clock.now += timedelta(minutes=1)
    hook.status = 204
    reporter.deliver()
    clock.now += timedelta(days=1)
    reporter.deliver()
    assert len(hook.calls) == 2
    assert not runs.due(clock.now)
    headers, body = hook.calls[1]
    assert headers["X-Kibitz-Signature"] == signature("s3cret", body)
    assert headers["Idempotency-Key"] == hook.calls[0][0]["Idempotency-Key"]
    told = json.loads(body)
    assert (told["report"], told["period"]) == ("trend", "2026-W47")
    assert told["link"] == "https://games.example/reports?report=trend&of=2026-W47"


@pytest.mark.parametrize(
    "where", ["http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost:1/", "http://10.0.0.1/"]
)
def test_no_private_address_unless_meant(
    reported: Paths, clock: Clock, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    one_delivery(reported, clock)
    Reporter(reported, Settings(webhook=where, secret="x"), clock).deliver()
    assert "is an address of a private network" in caplog.text


def test_a_delivery_is_given_up_in_the_end(reported: Paths, clock: Clock, hook: Hook) -> None:
    runs = one_delivery(reported, clock)
    hook.status = 302
    reporter = Reporter(reported, Settings(webhook=hook.url, secret="x", may_be_private=True), clock)
    for _ in range(ATTEMPTS_MAX + 3):
        reporter.deliver()
        clock.now += timedelta(hours=2)
    assert len(hook.calls) == ATTEMPTS_MAX
    assert not runs.due(clock.now)


def test_a_letter(reported: Paths) -> None:
    manifest = make(reported, KINDS["trend"], parse("2026-W47"), dashboard="https://games.example")
    settings = Settings(
        dashboard="https://games.example",
        smtp=urlsplit("smtp://mail.example"),
        mail_from="kibitz@games.example",
        mail_to=("ada@games.example", "bo@games.example"),
    )
    message = letter(manifest, folder_of(reported, KINDS["trend"], parse("2026-W47")), settings)
    assert message["Subject"] == "Kibitz: Trend report, week 47, 16 Nov to 22 Nov 2026"
    assert message["To"] == "ada@games.example, bo@games.example"
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == ["kibitz-trend-2026-W47.html", "kibitz-trend-2026-W47.pdf"]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"KIBITZ_REPORTS_MAIL_TO": "a@b.example"}, "KIBITZ_REPORTS_MAIL_TO needs"),
        ({"KIBITZ_REPORTS_SMTP": "mail.example:25"}, "KIBITZ_REPORTS_SMTP must be a URL"),
        ({"KIBITZ_REPORTS_WEBHOOK": "ftp://x.example"}, "KIBITZ_REPORTS_WEBHOOK must be a URL"),
        ({"KIBITZ_REPORTS_WEBHOOK": "https://x.example"}, "needs KIBITZ_REPORTS_WEBHOOK_SECRET"),
    ],
)
def test_bad_settings(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSetting, match=sentence):
        read_settings(environment)


def test_no_settings() -> None:
    assert read_settings({}) == Settings()
