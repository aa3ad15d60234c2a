"""A backup beside a running server: a copy of every database as it was at one instant, and proof of it.

The journal is copied before what it leads on to. A player whom it names is in the accounts, which are copied
later; a room that is pruned meanwhile is in the archive, which is copied after them. What is counted from
it (the ratings) is copied before it, and goes on from there.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import apsw

from kibitz import __version__
from kibitz.operating.files import ARCHIVE, DATABASES, JOURNAL, PLAIN_FILES, damage, rooms_with_gaps, sync
from kibitz.operating.manifest import NAME as MANIFEST
from kibitz.operating.manifest import Manifest, described, made_at, write
from kibitz.operating.reports import bytes_of_reports, copy_reports
from kibitz.sqlite_file import UnusableFile, connect

PAGES_AT_ONCE = 2_048
PARTIAL = ".partial"

Progress = Callable[[str, int, int], None]
"""Hears which file is being copied, how many pages are done, and of how many."""


class BackupError(Exception):
    """Why there is no backup, in one sentence."""


def back_up(data: Path, target: Path, now: datetime, progress: Progress) -> Manifest:
    """Copy `data` to the new folder `target`, which is there only once all of it is verified.

    Whoever uses the directory goes on. Raises `BackupError`; then `target` is not there.
    """
    if not (data / JOURNAL).is_file():
        raise BackupError(f"there is no journal at {data / JOURNAL}: name the data directory with --data.")
    if target.exists():
        raise BackupError(f"{target} is there already; a backup goes into a folder of its own.")
    partial = target.with_name(target.name + PARTIAL)
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700, parents=True)
        _refuse_small_disk(data, partial)
        manifest = _copied(data, partial, now, progress)
        os.rename(partial, target)
        sync([target.parent])
    except (OSError, apsw.Error, UnusableFile) as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise BackupError(f"{data} cannot be backed up to {target}: {error}") from error
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return manifest


def drop_old(backups: Path, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups, and nothing else; which those were. Raises `OSError`."""
    # By what they say and not by their names, which people may have given them.
    made = [
        (at, path.parent)
        for path in backups.glob(f"*/{MANIFEST}")
        if not path.parent.name.endswith(PARTIAL) and (at := made_at(path.parent)) is not None
    ]
    found = [path for _, path in sorted(made)]
    old = found[: max(0, len(found) - keep)]
    for path in old:
        # Without its manifest it is none any more, wherever this is cut off.
        (path / MANIFEST).unlink()
        shutil.rmtree(path)
    return old


def _copied(data: Path, folder: Path, now: datetime, progress: Progress) -> Manifest:
    copies = []
    for database in DATABASES:
        if (data / database.name).is_file():
            copies.append(_copy_database(data / database.name, folder / database.name, progress))
        elif database.is_needed:
            raise BackupError(f"{data / database.name} is missing.")
    for path in _plain(data):
        copy = folder / path.relative_to(data)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        copy.chmod(0o600)
        copies.append(copy)
    copies += copy_reports(data, folder)
    last_id, events, rooms = _proved(folder / JOURNAL)
    manifest = Manifest(
        now.isoformat(),
        __version__,
        last_id,
        events,
        rooms,
        tuple(described(folder, path) for path in copies),
    )
    sync(copies)
    sync([write(folder, manifest), *{path.parent for path in copies}])
    return manifest


def _copy_database(path: Path, copy: Path, progress: Progress) -> Path:
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with (
        closing(connect(path, read_only=True)) as source,
        closing(apsw.Connection(str(copy))) as target,
    ):
        # Within one transaction the copy is of one instant, and commits meanwhile do not begin it anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchall()
        with target.backup("main", source, "main") as work:
            while not work.done:
                work.step(PAGES_AT_ONCE)
                progress(path.name, work.page_count - work.remaining, work.page_count)
        source.execute("ROLLBACK")
        # One file, without a log beside it that could be left behind.
        target.pragma("journal_mode", "delete")
    found = damage(copy)
    if found is not None:
        raise BackupError(f"{path} is damaged: {found}; `kibitz doctor` says more.")
    return copy


def _proved(journal: Path) -> tuple[int, int, int]:
    with closing(connect(journal, read_only=True)) as connection:
        broken = rooms_with_gaps(connection)
        if broken:
            raise BackupError(f"{broken} rooms of the journal lack a version; `kibitz doctor` says more.")
        rows = connection.execute(
            "SELECT coalesce(max(id), 0), count(*), (SELECT count(*) FROM rooms) FROM events"
        ).fetchall()
    last_id, events, rooms = rows[0]
    return int(last_id), int(events), int(rooms)  # type: ignore[arg-type]  # counts


def _plain(data: Path) -> Iterator[Path]:
    for name in PLAIN_FILES:
        if (data / name).is_file():
            yield data / name
    # First what names the others, of which there may be more a moment later and never fewer.
    named = data / ARCHIVE / "manifest.json"
    if named.is_file():
        yield named
    # What is only half written has a name that begins with a dot.
    yield from sorted(
        path
        for path in (data / ARCHIVE).rglob("*")
        if path.is_file() and path != named and not path.name.startswith(".")
    )


def _refuse_small_disk(data: Path, folder: Path) -> None:
    needed = sum((data / each.name).stat().st_size for each in DATABASES if (data / each.name).is_file())
    needed += sum(path.stat().st_size for path in _plain(data)) + bytes_of_reports(data)
    free = shutil.disk_usage(folder).free
    if free < needed * 1.1:
        raise BackupError(
            f"{folder.parent} has {free / 1e9:.1f} GB free and the backup needs {needed * 1.1 / 1e9:.1f} GB."
        )
