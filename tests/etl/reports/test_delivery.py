"""Letters go to a real mail server; what cannot be sent is told, and keeps nothing else from being sent."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from kibitz_etl.paths import Paths
from kibitz_etl.reports.delivery import NotSent, send
from kibitz_etl.reports.make import KINDS, Manifest, folder_of, make
from kibitz_etl.reports.periods import parse
from kibitz_etl.reports.reporter import Reporter
from kibitz_etl.reports.runs import ATTEMPTS_MAX, Runs
from kibitz_etl.reports.settings import Settings
from support.analytics_journal import naive
from support.mail_server import MailServer, mail_server

NOW = naive("2026-11-23 12:30:00")
WEEK = parse("2026-W47")
TREND = KINDS["trend"]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


@pytest.fixture
def manifest(reported: Paths) -> Manifest:
    return make(reported, TREND, WEEK, dashboard="https://games.example")


def by_mail(server: MailServer, *, login: str = "", to: str = "ada@games.example") -> Settings:
    return Settings(
        smtp=urlsplit(f"smtp://{login}127.0.0.1:{server.port}"),
        mail_from="kibitz@games.example",
        mail_to=(to, "bo@games.example"),
    )


def test_a_letter_arrives_whole(reported: Paths, manifest: Manifest, server: MailServer) -> None:
    folder = folder_of(reported, TREND, WEEK)
    send("mail", manifest, folder, by_mail(server))
    (letter,) = server.letters
    assert letter["Subject"] == "Kibitz: Trend report, week 47, 16 Nov to 22 Nov 2026"
    attached = {part.get_filename(): part.get_payload(decode=True) for part in letter.iter_attachments()}
    assert attached["kibitz-trend-2026-W47.pdf"] == (folder / "report.pdf").read_bytes()
    page = attached["kibitz-trend-2026-W47.html"]
    assert isinstance(page, bytes)
    assert page.replace(b"\r\n", b"\n").strip() == (folder / "report.html").read_bytes().strip()
    assert [line for line in server.said if line.upper().startswith("RCPT")] == [
        "rcpt TO:<ada@games.example>",
        "rcpt TO:<bo@games.example>",
    ]


def test_no_password_in_the_clear(reported: Paths, manifest: Manifest, server: MailServer) -> None:
    with pytest.raises(NotSent, match="no STARTTLS"):
        send("mail", manifest, folder_of(reported, TREND, WEEK), by_mail(server, login="me:s3cret@"))
    assert not [line for line in server.said if line.upper().startswith(("AUTH", "MAIL"))]


def test_a_busy_server_is_asked_again(reported: Paths, manifest: Manifest, server: MailServer) -> None:
    runs, now = Runs(reported.ledger), NOW
    runs.made("trend", WEEK.name, 1, now, now, ["mail"])
    reporter = Reporter(reported, by_mail(server), lambda: now)
    server.refuses = True
    reporter.deliver()
    assert not server.letters
    server.refuses = False
    now += timedelta(minutes=1)
    reporter.deliver()
    reporter.deliver()
    assert len(server.letters) == 1
    assert not runs.due(now + timedelta(days=1))


def test_what_cannot_be_addressed_keeps_nothing_else_from_being_sent(
    reported: Paths, manifest: Manifest, server: MailServer
) -> None:
    """A webhook whose path cannot be put on the wire, before a letter."""
    runs = Runs(reported.ledger)
    runs.made("trend", WEEK.name, 1, NOW, NOW, ["webhook", "mail"])
    settings = by_mail(server)
    bad = Settings(
        smtp=settings.smtp,
        mail_from=settings.mail_from,
        mail_to=settings.mail_to,
        webhook=f"http://127.0.0.1:{server.port}/größe",
        secret="x",
        may_be_private=True,
    )
    Reporter(reported, bad, lambda: NOW).deliver()
    assert len(server.letters) == 1


def test_a_report_that_was_deleted_is_given_up(
    reported: Paths, manifest: Manifest, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    runs, now = Runs(reported.ledger), NOW
    runs.made("trend", WEEK.name, 1, now, now, ["mail"])
    shutil.rmtree(folder_of(reported, TREND, WEEK))
    reporter = Reporter(reported, by_mail(server), lambda: now)
    for _ in range(ATTEMPTS_MAX + 1):
        reporter.deliver()
        now += timedelta(hours=2)
    assert caplog.text.count("the report is not there any more") == ATTEMPTS_MAX
    assert not runs.due(now)
    assert not server.letters
