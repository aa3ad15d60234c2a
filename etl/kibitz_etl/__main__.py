"""`python -m kibitz_etl`: load, publish, and again every few seconds.

Exit codes: 0 stopped or done, 1 could not run (one sentence on stderr), 2 bad arguments.
"""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kibitz_etl.errors import EtlError
from kibitz_etl.lock import only_runner
from kibitz_etl.models import load_models
from kibitz_etl.parent import watch_parent
from kibitz_etl.paths import Paths
from kibitz_etl.schedule import start_schedule
from kibitz_etl.tick import Pipeline, State, Tick

log = logging.getLogger("kibitz_etl")

STOP_WITHIN_S = 1.5
"""A tick that has not ended by then is left to the kernel: its transaction was never committed."""


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="etl: %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    paths = Paths(arguments.data.resolve())
    try:
        paths.warehouse_dir.mkdir(parents=True, exist_ok=True)
        with (
            only_runner(paths.lock),
            Pipeline(paths, load_models(), utc_now=utc_now, interval_s=arguments.interval_s) as pipeline,
        ):
            if arguments.rebuild:
                return _report(pipeline.rebuild())
            if arguments.once:
                return _report(pipeline.tick())
            return _run_until_stopped(pipeline, arguments.interval_s)
    except (EtlError, OSError) as error:
        print(f"kibitz etl: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kibitz etl", description="Load the journal into the warehouse.")
    parser.add_argument("--data", type=Path, required=True, help="the data directory, with journal.sqlite")
    parser.add_argument("--interval-s", type=_interval, default=5.0, help="seconds between ticks (default 5)")
    parser.add_argument("--once", action="store_true", help="load and publish once, then end")
    parser.add_argument("--rebuild", action="store_true", help="count every table again, publish, then end")
    return parser


def _interval(text: str) -> float:
    seconds = float(text)
    if not 0.1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError("the interval must be between 0.1 and 86400 seconds")
    return seconds


def _report(tick: Tick) -> int:
    print(f"kibitz etl: {tick.message}", file=sys.stderr)
    return 0 if tick.state is State.OK else 1


def _run_until_stopped(pipeline: Pipeline, interval_s: float) -> int:
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
        finally:
            idle.set()
        if result.message != said and (result.mart_version is not None or result.state is not State.OK):
            said = result.message
            log.log(logging.INFO if result.state is not State.FAILED else logging.ERROR, "%s", said)

    scheduler = start_schedule(tick, interval_s=interval_s, anchor=datetime.now(UTC))
    stop.wait()
    scheduler.shutdown(wait=False)
    pipeline.stop()
    if not idle.wait(STOP_WITHIN_S):
        os._exit(0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
