"""Reports in a backup: a folder each, and each as a whole.

They belong to the history that they tell of: a restore brings those of the backup, and puts aside what was
made since. Meanwhile the ETL makes, replaces and drops some; whoever makes one holds `reports/.lock`.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kibitz.operating.files import REPORTS

_LOCK = ".lock"
_WHOLE = "*/[0-9]*"
"""`reports/REPORT/PERIOD`; what is being made or dropped begins with a dot."""


def bytes_of_reports(data: Path) -> int:
    """What a copy of them takes, about."""
    return sum(_size(path) for path in (data / REPORTS).glob(f"{_WHOLE}/*"))


def copy_reports(data: Path, folder: Path) -> list[Path]:
    """The files of the copies in `folder`. Waits for one that is being made. Raises `OSError`."""
    copies: list[Path] = []
    with _none_is_made(data / REPORTS):
        for report in sorted((data / REPORTS).glob(_WHOLE)):
            copy = folder / report.relative_to(data)
            try:
                copies += _copied(report, copy)
            except FileNotFoundError:
                if report.exists():
                    raise
                shutil.rmtree(copy)  # too old to be kept, and dropped just now
    return copies


def _copied(report: Path, copy: Path) -> list[Path]:
    copy.mkdir(mode=0o700, parents=True)
    copies = []
    for path in sorted(report.iterdir()):
        copies.append(Path(shutil.copyfile(path, copy / path.name)))
        copies[-1].chmod(0o600)
    return copies


@contextmanager
def _none_is_made(reports: Path) -> Iterator[None]:
    try:
        handle = os.open(reports / _LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:  # nor was one ever
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
