"""`kibitz demo`: a data directory with months of plausible history, for every page to show."""

import argparse
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from kibitz.cli import UsageError
from kibitz.cli.data_option import add_data_option, settings_of
from kibitz.cli.lean import without_analytics
from kibitz.cli.numbers import above_zero

EVERY_S = 1.0


def demo(arguments: list[str], env: Mapping[str, str]) -> int:
    """Refuses a directory that a server has open, and one that has a journal already."""
    given = _parser().parse_args(arguments)
    data = settings_of(given, env).data

    without_analytics()
    import apsw

    from kibitz.app.datadir import DataDir, StartError
    from kibitz.demo.make import make
    from kibitz.demo.plan import Plan
    from kibitz.sqlite_file import UnusableFile

    until = given.until or datetime.now(UTC)
    plan = Plan(given.seed, given.months, given.players, given.events, int(until.timestamp()) * 1_000_000)
    try:
        directory = DataDir(data)
    except StartError as error:
        raise UsageError(str(error)) from None
    try:
        _refuse_what_is_used(data)
        began_s = time.monotonic()
        made = make(data, plan, _Progress(began_s).said)
    except (UnusableFile, apsw.Error, OSError) as error:
        raise UsageError(f"the demo cannot be written: {error}") from None
    finally:
        directory.release()
    took_s = time.monotonic() - began_s
    print(
        f"{data}: {made.events:,} events in {made.rooms:,} rooms, "
        f"{plan.date(0)} to {plan.date(plan.days - 1)}, in {took_s:.1f} s, "
        f"{made.events / took_s:,.0f} a second.\n"
        f"Now: kibitz up --data {data} --telemetry-days {plan.days + 30}"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kibitz demo",
        description="Fill an empty data directory with months of plausible history.",
        epilog="The same seed, sizes and end make the same history.",
        allow_abbrev=False,
    )
    add_data_option(parser)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another one makes another history")
    parser.add_argument("--months", type=above_zero, default=6, metavar="N", help="of 30 days (default: 6)")
    parser.add_argument(
        "--players", type=above_zero, default=3_000, metavar="N", help="about (default: 3000)"
    )
    parser.add_argument(
        "--events", type=above_zero, default=500_000, metavar="N", help="about (default: 500000)"
    )
    parser.add_argument(
        "--until", type=_moment, metavar="TIME", help="ISO 8601, where the history ends (default: now)"
    )
    return parser


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date or time like 2026-11-23T12:00") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _refuse_what_is_used(data: Path) -> None:
    for name in ("journal.sqlite", "accounts.sqlite", "telemetry.sqlite"):
        if (data / name).exists():
            raise UsageError(
                f"{data} has a {name} already; a demo goes into a directory of its own: "
                "choose one with --data."
            )


class _Progress:
    """One line on a terminal, a line every second elsewhere."""

    def __init__(self, began_s: float) -> None:
        self._began_s = self._told_s = began_s

    def said(self, what: str, events: int) -> None:
        now_s = time.monotonic()
        if now_s - self._told_s < EVERY_S:
            return
        self._told_s = now_s
        is_terminal = sys.stderr.isatty()
        line = f"kibitz demo: {what}, {events:,} events, {events / (now_s - self._began_s):,.0f} a second"
        print(
            f"\r{line:<78}" if is_terminal else line,
            end="" if is_terminal else "\n",
            file=sys.stderr,
            flush=True,
        )
