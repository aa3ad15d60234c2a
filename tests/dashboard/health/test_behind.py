"""How far the mart is behind, asked of the journal."""

from datetime import timedelta
from pathlib import Path

import pytest

from kibitz_dashboard.core.mart import Mart
from kibitz_dashboard.health.behind import behind
from kibitz_dashboard.room.journal import JournalError
from support.analytics_journal import JournalFile, Row, at


def test_nothing_behind(mart: Mart, data: Path) -> None:
    found = behind(data / "journal.sqlite", mart.meta)
    assert (found.n_events, found.lag_ms) == (0, 0)
    assert found.newest_at == mart.meta.watermark_at


def test_events_that_wait(mart: Mart, data: Path) -> None:
    newest = mart.meta.watermark_at
    assert newest is not None
    later = at(str(newest)) + timedelta(seconds=90)
    JournalFile(data / "journal.sqlite").append([Row("new", "created", later), Row("new", "closed", later)])
    found = behind(data / "journal.sqlite", mart.meta)
    assert (found.n_events, found.lag_ms) == (2, 90_000)


def test_no_journal_and_no_database(mart: Mart, tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no journal"):
        behind(tmp_path / "none.sqlite", mart.meta)
    (tmp_path / "bad.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(JournalError, match="cannot be read"):
        behind(tmp_path / "bad.sqlite", mart.meta)
