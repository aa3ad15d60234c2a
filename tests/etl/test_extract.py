"""Reading the journal: the real schema fits, and whatever stands in a column becomes a value."""

import sqlite3
from contextlib import closing

import pytest

from kibitz.journal.schema import migrations
from kibitz_etl.errors import JournalMissing, SourceUnreadable
from kibitz_etl.extract import Journal, Position
from kibitz_etl.paths import Paths
from kibitz_etl.sources import JOURNAL
from kibitz_etl.tick import Pipeline
from support.analytics_journal import JournalFile, at, two_seat_room

DAY = at("2026-11-20 10:00:00")


def test_the_servers_own_schema_fits(paths: Paths, pipeline: Pipeline) -> None:
    migrations.apply(paths.journal)
    JournalFile(paths.journal).append(
        two_seat_room("r", DAY, players=("p_ann", "b_deep"), outcome={"winner": 1})
    )
    assert pipeline.tick().rows_read == 7
    assert pipeline.loader.rows("select status, winner_seat, n_moves, n_bots from fct_match") == [
        ("finished", 1, 3, 1)
    ]
    assert pipeline.loader.rows("select is_bot from fct_event where kind = 'started'") == [(False,)]


def test_pages_follow_each_other_without_gap(journal: JournalFile, paths: Paths) -> None:
    journal.append(two_seat_room("r", DAY))
    reader = Journal(paths.journal)
    pages = [reader.read_after(seq, 3)["id"].to_pylist() for seq in (0, 3, 6, 7)]
    assert pages == [[1, 2, 3], [4, 5, 6], [7], []]
    assert reader.read_after(7).schema == JOURNAL.schema
    assert (reader.last_seq(), reader.at(7), reader.at(8)) == (7, Position(7, "r", 7), None)


def test_a_missing_journal_is_no_fault(paths: Paths) -> None:
    with pytest.raises(JournalMissing, match="waiting for the server"):
        Journal(paths.journal).read_after(0)
    assert not paths.journal.exists()


def test_a_file_without_the_view_is_named(paths: Paths) -> None:
    with closing(sqlite3.connect(paths.journal)) as con:
        con.execute("create table something_else (a)")
    with pytest.raises(SourceUnreadable, match="events_v1"):
        Journal(paths.journal).read_after(0)


def test_reading_goes_on_while_the_server_writes(journal: JournalFile, paths: Paths) -> None:
    journal.append(two_seat_room("r", DAY))
    with closing(sqlite3.connect(paths.journal, isolation_level=None)) as writer:
        writer.execute("begin immediate")
        writer.execute("update rooms set code = 'ZZZZZZZZ'")
        assert Journal(paths.journal).read_after(0).num_rows == 7
        writer.execute("commit")


def test_a_path_with_odd_letters_is_found(tmp_path: Paths) -> None:
    odd = tmp_path / "a ? # % b"  # type: ignore[operator]
    odd.mkdir()
    JournalFile(odd / "journal.sqlite").append(two_seat_room("r", DAY))
    assert Journal(odd / "journal.sqlite").last_seq() == 7
