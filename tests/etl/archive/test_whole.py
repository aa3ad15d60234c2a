"""Journal and archive together read as a journal that was never pruned."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kibitz_etl.archive.keeping import Keeper
from kibitz_etl.archive.manifest import read_manifest
from kibitz_etl.archive.whole import WholeJournal
from kibitz_etl.extract import Journal
from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from support.archived_demo import UNTIL, copy_of


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(copy_of(tmp_path / "data"))
    Keeper(paths.journal, paths.archive, lambda: UNTIL).keep(budget_s=600)
    return paths


def prune(paths: Paths) -> None:
    """Every second closed room of the first half, as `kibitz prune` takes them out."""
    last = read_manifest(paths.archive).last_seq
    closed = f"select room from events where kind = 'closed' and id <= {last} and room % 2 = 0"
    with closing(sqlite3.connect(paths.journal)) as connection, connection:
        keys = [key for (key,) in connection.execute(closed)]
        assert len(keys) > 20
        connection.executemany("delete from events where room = ?", [(key,) for key in keys])
        connection.executemany("delete from rooms where key = ?", [(key,) for key in keys])


def test_the_same_rows_in_any_batches_after_the_pruning(paths: Paths) -> None:
    before = Journal(paths.journal).read_after(0, 10**6)
    days = Journal(paths.journal).days(10**9, [5, 77])
    prune(paths)
    whole = WholeJournal(paths.journal, paths.archive)
    assert whole.read_after(0, 10**6).equals(before)
    assert Journal(paths.journal).read_after(0, 10**6).num_rows < before.num_rows
    after = 0
    for size in (1, 700, 1_313, 10**6):
        batch = whole.read_after(after, size)
        assert batch.equals(before.filter(_above(before, after)).slice(0, size))
        after = batch["id"][-1].as_py()
    assert after == before["id"][-1].as_py()
    assert whole.first_seq() == 1
    assert whole.days(10**9, [5, 77]) == days
    for cut in (1, 900, read_manifest(paths.archive).last_seq, read_manifest(paths.archive).last_seq + 3):
        behind = Journal(paths.journal).days(10**9, (), after=cut)
        if cut >= read_manifest(paths.archive).last_seq:
            assert whole.days(10**9, (), after=cut) == behind
        assert sum(whole.days(10**9, (), after=cut).values()) == before.filter(_above(before, cut)).num_rows
    last = read_manifest(paths.archive).last_seq
    assert whole.at(last) is not None


def _above(table: object, after: int) -> object:
    import pyarrow.compute as pc

    return pc.greater(table["id"], after)  # type: ignore[index]


def test_a_warehouse_made_anew_is_the_one_from_before(paths: Paths) -> None:
    def loaded() -> list[tuple[object, ...]]:
        """Without counting: what is counted follows from the facts, and takes its time."""
        with Pipeline(paths, load_models(), utc_now=lambda: UNTIL, interval_s=5) as pipeline:
            while not pipeline.loader.load_batch(1_500).is_last:
                pass
            assert pipeline.reconcile() == []
            return pipeline.loader.rows("select * from fct_event order by seq")

    before = loaded()
    prune(paths)
    assert loaded() == before  # which has nothing to load
    for path in sorted(paths.warehouse_dir.iterdir()):
        path.unlink()
    assert loaded() == before


def test_a_keeper_goes_on_after_a_failure_and_says_it_once(
    paths: Paths, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    keeper = Keeper(paths.journal, in_the_way / "archive", lambda: UNTIL)
    assert keeper.keep() == keeper.keep() == 0
    assert len([each for each in caplog.records if "could not be written" in each.message]) == 1
    in_the_way.unlink()
    assert keeper.keep(budget_s=0) == 1


def test_a_journal_that_was_not_pruned_is_not_counted_for_each_batch(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    number = WholeJournal._number

    def noting(whole: WholeJournal, sql: str) -> int:
        counted.append(sql)
        return number(whole, sql)

    monkeypatch.setattr(WholeJournal, "_number", noting)
    before = Journal(paths.journal).read_after(0, 10**6)
    whole, after = WholeJournal(paths.journal, paths.archive), 0
    while (batch := whole.read_after(after, 2_000)).num_rows:
        assert batch.equals(before.filter(_above(before, after)).slice(0, 2_000))
        after = batch["id"][-1].as_py()
    assert after == before["id"][-1].as_py()
    assert counted == []


def test_it_is_pruned_between_two_batches(paths: Paths) -> None:
    before = Journal(paths.journal).read_after(0, 10**6)
    whole = WholeJournal(paths.journal, paths.archive)
    first = whole.read_after(0, 500)
    prune(paths)
    rest = whole.read_after(500, 10**6)
    assert first.equals(before.slice(0, 500))
    assert rest.equals(before.slice(500))
