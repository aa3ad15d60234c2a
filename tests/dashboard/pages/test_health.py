"""Health in each of its states."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from support.analytics_journal import JournalFile, Row, at

Open, Words = Callable[..., AppTest], Callable[[AppTest], str]
PAGE = "pages/health.py"


def value(app: AppTest, label: str) -> str:
    return str(next(metric.value for metric in app.metric if metric.label == label))


def test_normal(open_page: Open, words_of: Words, known_rows: list[Row]) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert (value(app, "Behind"), value(app, "Lag")) == ("0", "0 ms")
    assert value(app, "Days reconciled") == "100.0 %"
    days = app.dataframe[0].value
    assert days["In the journal"].sum() == len(known_rows)
    assert days["Difference"].sum() == 0
    assert "Nothing is in quarantine" in words_of(app)
    assert "No day was archived yet" in words_of(app)


def test_behind(open_page: Open, data: Path, known_rows: list[Row]) -> None:
    later = max(row.at for row in known_rows) + timedelta(seconds=30)
    JournalFile(data / "journal.sqlite").append([Row("new", "created", later)])
    app = open_page(PAGE)
    assert (value(app, "Behind"), value(app, "Lag")) == ("1", "30.0 s")


def test_without_a_journal(open_page: Open, data: Path) -> None:
    (data / "journal.sqlite").unlink()
    app = open_page(PAGE)
    assert not app.exception
    assert value(app, "Behind") == "—"
    assert any("no journal" in warning.value for warning in app.warning)


def test_quarantine_is_shown_as_text(open_page: Open, data: Path, publish: Callable[[Path], None]) -> None:
    row = Row("=evil()", "unheard", at("2026-11-23 12:00:00"), args="not json")
    JournalFile(data / "journal.sqlite").append([row])
    publish(data)
    app = open_page(PAGE)
    assert not app.exception
    assert value(app, "In quarantine") == "1"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"last_seq": "x"}'])
def test_a_broken_archive_is_said(open_page: Open, data: Path, text: str) -> None:
    (data / "archive").mkdir()
    (data / "archive" / "manifest.json").write_text(text, "utf-8")
    app = open_page(PAGE)
    assert not app.exception
    assert any("archive" in error.value for error in app.error)


@pytest.mark.parametrize("data", ["empty"], indirect=True)
def test_empty(open_page: Open, words_of: Words) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert value(app, "Days reconciled") == "—"
    assert "Nothing was compared yet" in words_of(app)
