"""Whose fault a failed statement is: the row's, the disk's, or nobody can know. And when a commit begins."""

from pathlib import Path

import apsw
import pytest

from kibitz.journal.checkpointer import Checkpointer
from kibitz.journal.committer import BUSY_ROWS, GATHER_US, Blame, Committer, blame
from kibitz.journal.groups import Append, Entry, Group
from kibitz.journal.schema import migrations
from kibitz.journal.stats import JournalStats
from kibitz.sqlite_file import connect, prepare
from support.journal_rows import event_record, room_record
from support.manual_clock import ManualClock


def io_error(extended: int) -> apsw.IOError:
    error = apsw.IOError("disk I/O error")
    error.result = apsw.SQLITE_IOERR
    error.extendedresult = extended
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (apsw.ConstraintError(), Blame.ROW),
        (apsw.MismatchError(), Blame.ROW),
        (apsw.TooBigError(), Blame.ROW),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogate"), Blame.ROW),
        (OverflowError(), Blame.ROW),
        (TypeError(), Blame.ROW),
        (apsw.FullError(), Blame.DISK),
        (apsw.BusyError(), Blame.DISK),
        (apsw.ReadOnlyError(), Blame.DISK),
        (apsw.CantOpenError(), Blame.DISK),
        (io_error(apsw.SQLITE_IOERR_WRITE), Blame.DISK),
        (io_error(apsw.SQLITE_IOERR_SHMSIZE), Blame.DISK),
        (io_error(apsw.SQLITE_IOERR_FSYNC), Blame.UNKNOWN),
        (io_error(apsw.SQLITE_IOERR_DATA), Blame.UNKNOWN),
        (apsw.CorruptError(), Blame.UNKNOWN),
        (apsw.NotADBError(), Blame.UNKNOWN),
        (apsw.SQLError(), Blame.UNKNOWN),
        (KeyError(), Blame.UNKNOWN),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_blame(error: Exception, expected: Blame) -> None:
    assert blame(error) is expected


def never(error: Exception) -> None:
    raise error


def rooms(first: int, count: int) -> list[Entry]:
    return [
        Append(event_record(key, 1), lambda failure: None, room_record(key, code=f"CODE{key:04}"))
        for key in range(first, first + count)
    ]


class Commits:
    """A committer whose thread is this one: `script` hands over what comes next whenever a commit is over."""

    def __init__(self, path: Path, script: list[list[Entry]], while_held: list[list[Entry]]) -> None:
        prepare(path, migrations)
        self.sizes: list[int] = []
        self.pauses: list[float] = []
        self._script = script
        self._while_held = while_held
        stats = JournalStats()
        self.committer = Committer(
            connect(path),
            checkpointer=Checkpointer(connect(path), stats=stats, broken=never),
            clock=ManualClock(),
            stats=stats,
            deliver=self._deliver,
            broken=never,
            pause=self._pause,
        )
        self._next()
        self.committer._run()

    def _next(self) -> None:
        if self._script:
            self.committer.hand_over(self._script.pop(0))
        else:
            self.committer._queue.put(None)

    def _deliver(self, group: Group, took_us: int) -> None:
        assert not group.failures
        self.sizes.append(len(group.appends))
        self._next()

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        for entries in self._while_held:
            self.committer.hand_over(entries)
        self._while_held = []


def test_under_load_a_commit_waits_for_company(tmp_path: Path) -> None:
    commits = Commits(
        tmp_path / "j.sqlite", [rooms(1, BUSY_ROWS), rooms(10, 1)], while_held=[rooms(20, 2), rooms(30, 1)]
    )
    assert commits.sizes == [BUSY_ROWS, 4]
    assert commits.pauses == [GATHER_US / 1e6]


def test_who_plays_alone_never_waits(tmp_path: Path) -> None:
    commits = Commits(tmp_path / "j.sqlite", [rooms(1, BUSY_ROWS - 1), rooms(10, 1), rooms(20, 2)], [])
    assert commits.sizes == [BUSY_ROWS - 1, 1, 2]
    assert commits.pauses == []


def test_more_than_a_commit_holds_comes_in_pieces(tmp_path: Path) -> None:
    commits = Commits(tmp_path / "j.sqlite", [rooms(1, 1_500)], [])
    assert commits.sizes == [1_024, 476]
