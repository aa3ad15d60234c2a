"""The data directory: made, checked, and held by one server at a time."""

import errno
import fcntl
import os
from pathlib import Path

LOCK_NAME = "kibitz.lock"
RESTORING = ".restore-partial"
"""Where a restore lays out what it brings. A file READY in it: it was cut off and has to be finished."""


class StartError(Exception):
    """Why the server cannot start, in one sentence for the operator, with what to change."""


class DataDir:
    """Holds the lock until `release`, or until the process ends in whatever way.

    The lock is the kernel's (flock), so a killed server leaves none behind; the file's text is only
    for messages.
    """

    def __init__(self, path: Path, *, restores: bool = False) -> None:
        """Raises `StartError` when the directory cannot be written, another server holds it, or a restore
        was cut off in it, unless it is to go on (`restores`)."""
        self.path = path
        if not restores and (path / RESTORING / "READY").exists():
            raise StartError(
                f"A restore into {path} was cut off; finish it with `kibitz restore --data {path}`."
            )
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._fd = os.open(path / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartError(_cannot_write(path, error)) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._fd)
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise StartError(f"The data directory {path} cannot be locked: {error.strerror}.") from error
            raise StartError(
                f"Another server (pid {holder}) uses the data directory {path}; stop it, or give this one "
                "another directory with --data."
            ) from None
        try:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(self._fd)
            raise StartError(_cannot_write(path, error)) from error

    def release(self) -> None:
        os.close(self._fd)


def _cannot_write(path: Path, error: OSError) -> str:
    return (
        f"The data directory {path} cannot be written ({error.strerror}); choose another with --data "
        "or change its permissions."
    )


def port_taken(port: int, setting: str) -> StartError:
    """The sentence for a port that something else listens on."""
    return StartError(f"Port {port} is in use; choose another with {setting}.")
