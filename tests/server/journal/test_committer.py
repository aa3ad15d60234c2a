"""Whose fault a failed statement is: the row's, the disk's, or nobody can know."""

import apsw
import pytest

from kibitz.journal.committer import Blame, blame


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
