"""The machine below a data directory: room, permissions, limits, clock, packages."""

import os
import resource
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import apsw

from kibitz.app.descriptors import KEPT, WANTED
from kibitz.operating.doctor.findings import Finding, Level
from kibitz.operating.files import DATABASES, JOURNAL
from kibitz.sqlite_file import UnusableFile, connect

FREE_LEAST_BYTES, FREE_ENOUGH_BYTES = 500_000_000, 5_000_000_000
PYTHON_LEAST, PYTHON_TRIED = (3, 11), (3, 14)
_AHEAD_US = 60_000_000
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ANALYTICS = ("duckdb", "pyarrow", "adbc-driver-sqlite", "apscheduler", "streamlit")


def look_at_disk(data: Path) -> Iterator[Finding]:
    usage = shutil.disk_usage(data)
    free = f"{usage.free / 1e9:,.1f} GB of {usage.total / 1e9:,.1f} GB are free."
    remedy = "free some space, or move the data directory; `kibitz prune` takes old rooms out of the journal"
    if usage.free < FREE_LEAST_BYTES:
        yield Finding("disk", Level.ERROR, str(data), free + " Moves are about to be refused.", remedy)
    elif usage.free < FREE_ENOUGH_BYTES:
        yield Finding("disk", Level.WARNING, str(data), free, remedy)
    else:
        yield Finding("disk", Level.OK, str(data), free)
    inodes = os.statvfs(data)
    if inodes.f_files and inodes.f_favail < 10_000:
        told = f"Only {inodes.f_favail:,} files can still be made on this disk."
        yield Finding("disk", Level.WARNING, str(data), told, "delete small files on it")


def look_at_permissions(data: Path) -> Iterator[Finding]:
    """Of the directory, and of what holds secrets."""
    well = True
    for path in (data, *(data / each.name for each in DATABASES)):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        if found.st_uid != os.geteuid() and os.geteuid() != 0:
            told = f"It belongs to the user {found.st_uid}, and you are {os.geteuid()}."
            remedy = f"run Kibitz as its owner, or: chown -R {os.geteuid()} {data}"
            yield Finding("owner", Level.ERROR, path.name, told, remedy)
            well = False
        if found.st_mode & _OTHERS:
            told = f"Others on this machine can get at it ({stat.filemode(found.st_mode)})."
            remedy = f"chmod {'700' if path.is_dir() else '600'} {path}"
            yield Finding("permissions", Level.WARNING, path.name, told, remedy)
            well = False
        if not os.access(path, os.R_OK | os.W_OK):
            told = "You cannot write it."
            yield Finding("permissions", Level.ERROR, path.name, told, f"chmod u+rw {path}")
            well = False
    if well:
        yield Finding("permissions", Level.OK, data.name, "Only its owner can read and write it.")


def look_at_limits() -> Iterator[Finding]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < WANTED:
        yield Finding(
            "limits",
            Level.WARNING,
            "descriptors",
            f"A process may open {hard:,} files: so many connections less {KEPT} are taken.",
            f"raise the hard limit to {WANTED} (ulimit -Hn, LimitNOFILE= of systemd)",
        )
    else:
        yield Finding("limits", Level.OK, "descriptors", f"A process may open {min(hard, WANTED):,} files.")


def look_at_clock(data: Path, now_us: int) -> Iterator[Finding]:
    """Whether time goes on from where the journal is."""
    try:
        with closing(connect(data / JOURNAL, read_only=True)) as connection:
            rows = connection.execute("SELECT at_us FROM events ORDER BY id DESC LIMIT 1").fetchall()
    except (apsw.Error, UnusableFile):
        return
    newest_us = int(rows[0][0]) if rows else 0  # type: ignore[arg-type]  # a column of integers
    if newest_us > now_us + _AHEAD_US:
        ahead_s = (newest_us - now_us) // 1_000_000
        yield Finding(
            "clock",
            Level.WARNING,
            "clock",
            f"The newest event is {ahead_s:,} s ahead of this machine's clock: it was set back.",
            "synchronise the clock (timedatectl set-ntp true); games go on, but hours are counted wrongly",
        )
    else:
        yield Finding("clock", Level.OK, "clock", "Goes on from where the journal is.")


def look_at_versions() -> Iterator[Finding]:
    running = sys.version_info[:2]
    told = f"Python {sys.version.split()[0]}, Kibitz {_version('kibitz') or 'from its source tree'}."
    if running < PYTHON_LEAST:
        yield Finding("versions", Level.ERROR, "Python", told, "install Python 3.11 or newer")
    elif running > PYTHON_TRIED:
        yield Finding("versions", Level.NOTICE, "Python", told + " Nobody has tried so new a Python.")
    else:
        yield Finding("versions", Level.OK, "Python", told)
    if sys.flags.optimize:
        remedy = "start it without -O and without PYTHONOPTIMIZE"
        yield Finding(
            "versions", Level.WARNING, "Python", "Runs with -O, which aiohttp does not stand.", remedy
        )
    missing = [name for name in _ANALYTICS if _version(name) is None]
    if missing:
        yield Finding(
            "versions",
            Level.NOTICE,
            "analytics",
            f"There is no {', '.join(missing)}: ETL and dashboard cannot run.",
            "pip install 'kibitz[analytics]', if you want them",
        )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
