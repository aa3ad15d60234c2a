"""Checkpoints: the log is copied, begins anew when it is long, and never holds commits for a reader."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from kibitz.journal.checkpointer import Checkpointer
from kibitz.journal.stats import JournalStats


def never(error: Exception) -> None:
    raise error


class Log:
    """A file with a writer and a checkpointer whose thread is not started: the test takes each step."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer = apsw.Connection(str(path))
        self.writer.pragma("journal_mode", "wal")
        self.writer.pragma("wal_autocheckpoint", 0)
        self.writer.execute("CREATE TABLE t (x)")
        self.stats = JournalStats()
        self.connection = apsw.Connection(str(path))
        self.checkpointer = Checkpointer(
            self.connection, stats=self.stats, broken=never, passive_after_pages=8, restart_after_pages=20
        )

    def write(self, pages: int) -> None:
        for _ in range(pages):
            with self.checkpointer.commit():
                self.writer.execute("INSERT INTO t VALUES (zeroblob(3000))")

    def checkpoint(self) -> None:
        self.checkpointer._checkpoint()

    @property
    def log_bytes(self) -> int:
        return self.path.with_name(self.path.name + "-wal").stat().st_size


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "t.sqlite")
    yield log
    log.connection.close()
    log.writer.close()


def test_a_long_log_begins_anew(log: Log) -> None:
    for _ in range(20):
        log.write(30)
        log.checkpoint()
    assert log.stats.checkpoints == 20
    assert log.stats.checkpoint_failures == 0
    assert log.log_bytes < 100 * 4096


def test_a_reader_keeps_the_log_but_not_the_commits(log: Log) -> None:
    log.write(1)
    reader = apsw.Connection(str(log.path))
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM t").fetchall() == [(1,)]
    log.write(60)
    log.checkpoint()
    assert log.stats.checkpoint_failures == 1
    log.write(1)
    reader.execute("COMMIT")
    reader.close()
    log.checkpoint()
    assert log.stats.checkpoints == 1
    size = log.log_bytes
    log.write(10)
    assert log.log_bytes == size, "the log is written from its beginning again"


def test_work_is_asked_for_after_enough_pages(log: Log) -> None:
    log.checkpointer.wrote(7)
    assert not log.checkpointer._work.is_set()
    log.checkpointer.wrote(1)
    assert log.checkpointer._work.is_set()
    log.checkpointer._work.clear()
    log.checkpointer.wrote(7)
    assert not log.checkpointer._work.is_set()


def test_the_thread_works_and_ends(tmp_path: Path) -> None:
    log = Log(tmp_path / "t.sqlite")
    log.checkpointer.start()
    log.write(10)
    log.checkpointer.wrote(10)
    log.checkpointer.stop()
    log.writer.close()
    with pytest.raises(apsw.ConnectionClosedError):
        log.connection.execute("SELECT 1")
