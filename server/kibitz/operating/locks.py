"""Who has a data directory open, besides the server."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kibitz.app.datadir import StartError

ETL_LOCK = "etl.lock"


def holder_of(path: Path) -> str | None:
    """The pid in the lock file `path`, as text, if a process holds it; else None. Raises `OSError`."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise
        return os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
    finally:
        os.close(handle)
    return None


@contextmanager
def etl_kept_out(data: Path) -> Iterator[None]:
    """No ETL runs on `data` meanwhile. Raises `StartError` where one does."""
    handle = os.open(data / ETL_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StartError(
                f"An ETL (pid {holder_of(data / ETL_LOCK) or 'unknown'}) uses {data}; stop it first."
            ) from None
        yield
    finally:
        os.close(handle)
