"""`python -m kibitz_etl [run | rebuild | reconcile]`: load, publish, and again every few seconds.

Exit codes: 0 stopped or done, 1 could not run, or the journal differs (sentences on stderr), 2 bad arguments.
"""

import argparse
import logging
import math
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kibitz_etl.archive.keeping import Keeper
from kibitz_etl.errors import EtlError
from kibitz_etl.lock import only_runner
from kibitz_etl.models import load_models
from kibitz_etl.parent import watch_parent
from kibitz_etl.paths import Paths
from kibitz_etl.reconcile import Difference
from kibitz_etl.reports.reporter import Reporter
from kibitz_etl.reports.settings import read_settings
from kibitz_etl.schedule import start_schedule
from kibitz_etl.tick import Pipeline, State, Tick
from kibitz_etl.trends.tables import trend_tables

log = logging.getLogger("kibitz_etl")

STOP_WITHIN_S = 1.5
"""A tick that has not ended by then is left to the kernel: its transaction was never committed."""


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.first and arguments.last and arguments.last < arguments.first:
        parser.error("--to is before --from")
    logging.basicConfig(level=logging.INFO, format="etl: %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    paths = Paths(arguments.data.resolve())
    os.umask(0o077)  # what is made of the journal is as private as the journal
    try:
        paths.warehouse_dir.mkdir(parents=True, exist_ok=True)
        with (
            only_runner(paths.lock),
            Pipeline(
                paths,
                load_models(),
                utc_now=utc_now,
                interval_s=arguments.interval_s,
                derived=trend_tables(),
                zone=arguments.zone,
            ) as pipeline,
        ):
            if arguments.command == "reconcile":
                return _report_differences(pipeline.reconcile())
            if arguments.rebuild or arguments.command == "rebuild":
                return _report(pipeline.rebuild(arguments.first, _after(arguments.last)))
            keeper = Keeper(paths.journal, paths.archive, utc_now)
            if arguments.once:
                tick = pipeline.tick()
                keeper.keep(budget_s=math.inf)
                return _report(tick)
            reporter = Reporter(paths, read_settings(os.environ), utc_now)
            return _run_until_stopped(pipeline, keeper, reporter, arguments.interval_s)
    except (EtlError, OSError) as error:
        print(f"kibitz etl: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kibitz etl", description="Load the journal into the warehouse.")
    parser.add_argument(
        "command",
        nargs="?",
        choices=("run", "rebuild", "reconcile"),
        default="run",
        help="run (the default): load and publish every few seconds; rebuild: count again what was loaded; "
        "reconcile: compare journal and warehouse day by day",
    )
    parser.add_argument("--data", type=Path, required=True, help="the data directory, with journal.sqlite")
    parser.add_argument("--interval-s", type=_interval, default=5.0, help="seconds between ticks (default 5)")
    parser.add_argument("--zone", type=_zone, default="UTC", help="whose days the retention `zone` counts")
    parser.add_argument("--once", action="store_true", help="load and publish once, then end")
    parser.add_argument("--rebuild", action="store_true", help="the same as the command rebuild")
    parser.add_argument("--from", dest="first", type=_day, help="rebuild: the first UTC day, as 2026-01-31")
    parser.add_argument("--to", dest="last", type=_day, help="rebuild: the last UTC day, itself included")
    return parser


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007  (naive UTC, as the warehouse stores it)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day, as 2026-01-31") from None


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise argparse.ArgumentTypeError(f"there is no time zone '{text}'; try Europe/Berlin") from None


def _interval(text: str) -> float:
    seconds = float(text)
    if not 0.1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError("the interval must be between 0.1 and 86400 seconds")
    return seconds


def _report(tick: Tick) -> int:
    print(f"kibitz etl: {tick.message}", file=sys.stderr)
    return 0 if tick.state is State.OK else 1


def _after(day: datetime | None) -> datetime | None:
    return None if day is None else day + timedelta(days=1)


def _report_differences(differences: Sequence[Difference]) -> int:
    for each in differences:
        print(
            f"kibitz etl: on {each.day} the journal has {each.n_journal} events, "
            f"the warehouse {each.n_warehouse}",
            file=sys.stderr,
        )
    if not differences:
        print("kibitz etl: Journal and warehouse have the same events on every day.", file=sys.stderr)
    return 1 if differences else 0


def _run_until_stopped(pipeline: Pipeline, keeper: Keeper, reporter: Reporter, interval_s: float) -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    watch_parent(os.environ, stop.set)
    idle = threading.Event()
    idle.set()
    said = ""

    def tick() -> None:
        nonlocal said
        idle.clear()
        try:
            result = pipeline.tick()
            keeper.keep()
        finally:
            idle.set()
        if result.message != said and (result.mart_version is not None or result.state is not State.OK):
            said = result.message
            log.log(logging.INFO if result.state is not State.FAILED else logging.ERROR, "%s", said)

    scheduler = start_schedule(tick, reporter.run, interval_s=interval_s, anchor=datetime.now(UTC))
    stop.wait()
    scheduler.shutdown(wait=False)
    pipeline.stop()
    if not idle.wait(STOP_WITHIN_S):
        os._exit(0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
