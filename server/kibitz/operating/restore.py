"""A backup put back: verified first, in a data directory that nobody has open, and with new epochs.

A client may have seen moves that the backup does not have. So each open room gets a `reopened` row, which
begins a new epoch: whoever comes back is shown the room as it is now. The warehouse goes aside, and is made
again of the journal and the archive, and so do kept answers. Reports go aside with the history of which they
tell, and those that the backup has come back. One-time links and admins' sessions end.

Everything is laid out beside the old files first. From the moment the file READY is there a restore that was
interrupted can only be finished, by the same command; no server starts before that.
"""

import os
import secrets
import shutil
from contextlib import closing
from datetime import datetime
from pathlib import Path

import apsw
import msgspec
from msgspec import Struct

from kibitz.app.datadir import RESTORING
from kibitz.ids import Entropy, Version, new_epoch
from kibitz.journal.reader import JournalReader
from kibitz.journal.records import DECISIVE, Event, EventKind, Standing
from kibitz.journal.statements import ROWS_PER_COMMIT_MAX, insert_events
from kibitz.operating.files import (
    ARCHIVE,
    DATABASES,
    JOURNAL,
    PLAIN_FILES,
    REPORTS,
    SIDE_FILES,
    damage,
    sync,
)
from kibitz.operating.manifest import Manifest, described, verified
from kibitz.rooms.fold.event_args import Reopened, encode_args
from kibitz.sqlite_file import UnusableFile, connect, prepare

_READY = "READY"
_DERIVED = ("warehouse", "cache.sqlite")
_ORDER = (ARCHIVE, REPORTS, *PLAIN_FILES, *(each.name for each in DATABASES if each.name != JOURNAL), JOURNAL)
"""The journal last: a directory that has one has everything."""
_PHASE = "SELECT phase_to FROM events WHERE room = ? AND phase_to IS NOT NULL ORDER BY version DESC LIMIT 1"


class _Ready(Struct, frozen=True):
    """What the file READY says: the folder that old files go to, and the names that are laid out."""

    aside: str
    names: tuple[str, ...]


class RestoreError(Exception):
    """Why nothing was restored, in one sentence."""


def is_interrupted(data: Path) -> bool:
    """Whether a restore was cut off, and has to be finished."""
    return (data / RESTORING / _READY).is_file()


def restore(
    backup: Path, data: Path, now: datetime, *, replaces: bool, entropy: Entropy = secrets.token_bytes
) -> tuple[Manifest, int]:
    """Put `backup` into `data`, which nobody else has open; how many rooms got a new epoch.

    `replaces`: what is there already goes aside, into a folder `replaced-…`. Raises `RestoreError`,
    `BadBackup`; then `data` is as it was.
    """
    manifest = verified(backup)
    if not replaces and any((data / each.name).exists() for each in DATABASES):
        raise RestoreError(f"{data} is in use already; choose another directory, or add --replace.")
    stage = data / RESTORING
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(mode=0o700, parents=True)
        reopened = _staged(backup, stage, manifest, now, entropy)
    except (OSError, apsw.Error, UnusableFile) as error:
        shutil.rmtree(stage, ignore_errors=True)
        raise RestoreError(f"{backup} cannot be restored to {data}: {error}") from error
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    names = tuple(sorted({path.name for path in stage.iterdir()}))
    ready, draft = stage / _READY, stage / f".{_READY}"
    aside = _free(data / f"replaced-{now.strftime('%Y%m%d-%H%M%S')}")
    draft.write_bytes(msgspec.json.encode(_Ready(aside.name, names)))
    sync([draft, stage])
    os.rename(draft, ready)  # half of it would be neither a beginning nor an end
    sync([stage, data])
    finish(data)
    return manifest, reopened


def finish(data: Path) -> None:
    """Give what is laid out its place. One that was interrupted goes on where it was. Raises `OSError`."""
    stage = data / RESTORING
    ready = msgspec.json.decode((stage / _READY).read_bytes(), type=_Ready)
    aside = data / ready.aside
    aside.mkdir(mode=0o700, exist_ok=True)
    for name in (*_DERIVED, *_ORDER):
        if name not in ready.names:
            _put_aside(name, data, aside)
        elif (stage / name).exists():
            _put_aside(name, data, aside)
            os.replace(stage / name, data / name)
            sync([data])
    (stage / _READY).unlink()
    sync([stage, data])
    shutil.rmtree(stage)
    if not any(aside.iterdir()):
        aside.rmdir()


def _put_aside(name: str, data: Path, aside: Path) -> None:
    for part in (name, *(name + side for side in SIDE_FILES)):
        if (data / part).exists():
            # Where it was cut off, others may have made it anew since (an ETL, its warehouse).
            os.replace(data / part, _free(aside / part))
    sync([data, aside])


def _free(path: Path) -> Path:
    """`path`, or with a number behind it where that is there already."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def _staged(backup: Path, stage: Path, manifest: Manifest, now: datetime, entropy: Entropy) -> int:
    for file in manifest.files:
        copy = stage / file.name
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(backup / file.name, copy)
        copy.chmod(0o600)
        if described(stage, copy) != file:
            raise RestoreError(f"{copy} could not be written as it was backed up: check the disk.")
    for database in DATABASES:
        path = stage / database.name
        if not path.is_file():
            continue
        found = damage(path)
        if found is not None:
            raise RestoreError(f"{backup / database.name} is damaged: {found}.")
        if database.migrations is not None:
            prepare(path, database.migrations)
    reopened = _reopen(stage / JOURNAL, int(now.timestamp() * 1_000_000), entropy)
    _log_out(stage / "accounts.sqlite")
    sync(path for path in sorted(stage.rglob("*")))
    return reopened


def _reopen(journal: Path, now_us: int, entropy: Entropy) -> int:
    connection = connect(journal)
    connection.pragma("synchronous", "full")
    with closing(connection):
        standings = JournalReader(connection).standings()
        args = encode_args(Reopened("restore"))
        rows = [_reopened(connection, each, now_us, args, entropy) for each in standings]
        with connection:
            for start in range(0, len(rows), ROWS_PER_COMMIT_MAX):
                insert_events(connection, rows[start : start + ROWS_PER_COMMIT_MAX])
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    return len(rows)


def _reopened(
    connection: apsw.Connection, standing: Standing, now_us: int, args: str, entropy: Entropy
) -> Event:
    is_on = standing.match_kind in DECISIVE and not standing.is_over
    phase = None
    if is_on:
        phase = str(connection.execute(_PHASE, (standing.room.key,)).fetchall()[0][0])
    return Event(
        standing.room.key,
        Version(standing.version + 1),
        new_epoch(entropy),
        max(now_us, standing.at_us),
        EventKind.REOPENED,
        args=args,
        match=standing.match if is_on else None,
        phase_from=phase,
        phase_to=phase,
    )


def _log_out(accounts: Path) -> None:
    if not accounts.is_file():
        return
    with closing(connect(accounts)) as connection:
        connection.execute("DELETE FROM links; DELETE FROM admin_sessions")
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
