"""`kibitz backup` and `kibitz restore`."""

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from kibitz.cli import UsageError
from kibitz.cli.data_option import add_data_option, settings_of
from kibitz.cli.lean import without_analytics
from kibitz.cli.numbers import above_zero


def backup(arguments: list[str], env: Mapping[str, str]) -> int:
    """A server may be running. Raises `UsageError` when there is no backup afterwards."""
    parser = _parser("backup", "Copy a data directory, be it in use or not, and verify the copy.")
    parser.add_argument(
        "target", nargs="?", type=Path, metavar="FOLDER", help="a new one (default: backups/TIME in the data)"
    )
    parser.add_argument(
        "--keep",
        type=above_zero,
        metavar="N",
        help="delete all but the newest N backups in the data directory",
    )
    given = parser.parse_args(arguments)
    if given.keep is not None and given.target is not None:
        raise UsageError(
            "--keep is for backups in the data directory; a folder of your own is yours to clear."
        )
    data = settings_of(given, env).data
    now = datetime.now(UTC).replace(microsecond=0)
    target: Path = given.target or data / "backups" / now.strftime("%Y%m%d-%H%M%SZ")

    without_analytics()
    from kibitz.operating.backup import BackupError, back_up, drop_old

    try:
        manifest = back_up(data, target, now, _progress)
        dropped = [] if given.keep is None else drop_old(target.parent, given.keep)
    except (BackupError, OSError) as error:
        raise UsageError(str(error)) from None
    size = sum(file.bytes for file in manifest.files)
    print(
        f"{target}: {len(manifest.files)} files, {size / 1e6:,.1f} MB, "
        f"{manifest.events:,} events of {manifest.rooms:,} rooms, verified."
    )
    for path in dropped:
        print(f"{path} was deleted.")
    return 0


def restore(arguments: list[str], env: Mapping[str, str]) -> int:
    """Refuses a directory that a server or an ETL has open."""
    parser = _parser("restore", "Put a backup back, after it was verified.")
    parser.add_argument(
        "backup",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="the backup; none to finish one that was cut off",
    )
    parser.add_argument(
        "--replace", action="store_true", help="put what is in the data directory aside (replaced-TIME)"
    )
    given = parser.parse_args(arguments)
    data = settings_of(given, env).data

    without_analytics()
    from kibitz.app.datadir import DataDir, StartError
    from kibitz.operating.locks import etl_kept_out
    from kibitz.operating.manifest import BadBackup
    from kibitz.operating.restore import RestoreError, finish, is_interrupted
    from kibitz.operating.restore import restore as put_back

    try:
        directory = DataDir(data, restores=True)
        try:
            with etl_kept_out(data):
                if is_interrupted(data):
                    finish(data)
                    print(f"The restore into {data} that was cut off is finished.")
                    if given.backup is None or not given.replace:
                        return 0
                if given.backup is None:
                    raise UsageError("name the backup to restore; none was cut off here.")
                manifest, reopened = put_back(given.backup, data, datetime.now(UTC), replaces=given.replace)
        finally:
            directory.release()
    except (StartError, RestoreError, BadBackup, OSError) as error:
        raise UsageError(str(error)) from None
    print(
        f"{data} is as it was at {manifest.made_at}: {manifest.events:,} events of {manifest.rooms:,} rooms; "
        f"{reopened:,} open rooms begin a new epoch."
    )
    return 0


def _parser(command: str, text: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"kibitz {command}", description=text, allow_abbrev=False)
    add_data_option(parser)
    return parser


def _progress(name: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        share = 100 * done // max(1, total)
        print(f"\r{name}: {share} %", end="\n" if done == total else "", file=sys.stderr, flush=True)
