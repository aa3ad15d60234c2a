"""`kibitz report`: make one report by hand, from the newest mart or again from its own inputs.

Exit codes: 0 made, 1 could not be made (a sentence on stderr), 2 bad arguments.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from kibitz_etl.errors import EtlError
from kibitz_etl.paths import Paths
from kibitz_etl.reports.make import KINDS, folder_of, make, make_again
from kibitz_etl.reports.periods import BadPeriod, Period, parse, week
from kibitz_etl.reports.settings import read_settings


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    paths = Paths(arguments.data.resolve())
    os.umask(0o077)
    period: Period = arguments.period or week(datetime.now(UTC).date()).before()
    chosen = KINDS.values() if arguments.report == "all" else [KINDS[arguments.report]]
    try:
        settings = read_settings(os.environ)
        for number, kind in enumerate(chosen, 1):
            _say(f"{number} of {len(chosen)}: the {kind.title.lower()} of {period.words} …")
            maker = make_again if arguments.again else make
            manifest = maker(paths, kind, period, dashboard=settings.dashboard)
            size = sum(file.bytes for file in manifest.files)
            _say(f"{folder_of(paths, kind, period)}: {len(manifest.files)} files, {size / 1024:,.0f} KiB")
    except FileNotFoundError as error:
        _say(f"There are no inputs of that report ({error.filename}): make it without --again.")
        return 1
    except (EtlError, OSError, duckdb.Error) as error:
        _say(" ".join(str(error).split()))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kibitz report", description="Make the reports of a day, a week or a month."
    )
    parser.add_argument("--data", type=Path, required=True, help="the data directory")
    parser.add_argument(
        "--period", type=_period, help="2026-11-22, 2026-W46 or 2026-10 (default: the last whole week)"
    )
    parser.add_argument("--report", choices=(*KINDS, "all"), default="all", help="which one (default: all)")
    parser.add_argument(
        "--again", action="store_true", help="from the inputs kept with the report, not from the newest mart"
    )
    return parser


def _period(text: str) -> Period:
    try:
        return parse(text)
    except BadPeriod as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _say(sentence: str) -> None:
    print(f"kibitz report: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
