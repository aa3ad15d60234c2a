"""`kibitz prune`: old rooms taken out of the journal, where the archive is proved to hold them."""

import argparse
import sys
from collections.abc import Mapping

from kibitz.cli import UsageError
from kibitz.cli.data_option import add_data_option, settings_of
from kibitz.cli.lean import without_analytics
from kibitz.cli.numbers import above_zero


def prune(arguments: list[str], env: Mapping[str, str]) -> int:
    """Without `--yes` it only says what would go. Refuses a directory that a server has open."""
    parser = argparse.ArgumentParser(
        prog="kibitz prune",
        description="Take rooms that were closed long ago, and are archived, out of the journal.",
        allow_abbrev=False,
    )
    add_data_option(parser)
    parser.add_argument(
        "--older-than-days", type=above_zero, default=90, metavar="N", help="since when closed (default: 90)"
    )
    parser.add_argument("--yes", action="store_true", help="do it; otherwise it is only told")
    parser.add_argument(
        "--vacuum", action="store_true", help="make the file smaller, which rewrites all of it"
    )
    given = parser.parse_args(arguments)
    data = settings_of(given, env).data

    without_analytics()
    from kibitz.app.datadir import DataDir, StartError
    from kibitz.clock import SystemClock
    from kibitz.operating.locks import etl_kept_out
    from kibitz.operating.prune import PruneError, prunable
    from kibitz.operating.prune import prune as take_out

    if not data.is_dir():
        raise UsageError(f"there is no data directory at {data}: name it with --data.")
    try:
        directory = DataDir(data)
        try:
            with etl_kept_out(data):
                found = prunable(data, SystemClock().now_us(), given.older_than_days)
                what = f"{len(found.keys):,} rooms with {found.events:,} events"
                if found.unproved:
                    print(
                        f"{found.unproved:,} rooms are not in the archive as they are in the journal: "
                        "they stay."
                    )
                if not given.yes:
                    print(
                        f"{what} can go: all of them are in the archive, which goes to the event "
                        f"{found.last_seq:,}. Make a backup first (kibitz backup), then add --yes."
                    )
                    return 0
                take_out(data, found, _progress, gives_back=given.vacuum)
        finally:
            directory.release()
    except (StartError, PruneError) as error:
        raise UsageError(str(error)) from None
    print(f"{what} are gone from the journal; kibitz replay reads them from the archive.")
    return 0


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(
            f"\r{done:,} of {total:,} rooms", end="\n" if done == total else "", file=sys.stderr, flush=True
        )
