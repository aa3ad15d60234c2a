"""When ticks run: APScheduler with a memory job store, one job, one thread.

Persistent job stores guard against nothing (two processes on one store both run the jobs), so there
is none: the schedule is code, the lock file keeps a second runner out.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger("kibitz_etl")


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """What happens to ticks that are due while one is still running, or while the process slept."""

    coalesce: bool = True  # many missed ticks become one
    max_instances: int = 1  # a tick that is due during another is dropped, not queued
    misfire_grace_s: int = 30  # a tick later than that is dropped; the next one loads the same rows


TICKS = LatePolicy()
REPORTS_EVERY_S = 600
REPORTS_AFTER_S = 20
"""After the start: first what is new is loaded."""


def next_run(after: datetime, *, interval_s: float, anchor: datetime) -> datetime:
    """The first tick strictly after `after`: ticks lie at `anchor` plus whole multiples of the interval.

    Pure. A tick that took longer than the interval shifts none of the later ones.
    """
    if after < anchor:
        return anchor
    passed = (after - anchor) // timedelta(seconds=interval_s)
    return anchor + (passed + 1) * timedelta(seconds=interval_s)


def start_schedule(
    tick: Callable[[], object], reports: Callable[[], object], *, interval_s: float, anchor: datetime
) -> BackgroundScheduler:
    """Run `tick` at `anchor` (aware) and every `interval_s` after it, in a thread of its own; in another one
    `reports`, soon after the start and every ten minutes."""
    # one thread each: DuckDB's connection is used by one at a time, and no tick waits for a report
    pools = {"default": ThreadPoolExecutor(1), "reports": ThreadPoolExecutor(1)}
    scheduler = BackgroundScheduler(executors=pools, timezone=UTC)
    scheduler.add_job(
        tick,
        IntervalTrigger(seconds=interval_s, start_date=anchor, timezone=UTC),
        next_run_time=anchor,
        coalesce=TICKS.coalesce,
        max_instances=TICKS.max_instances,
        misfire_grace_time=TICKS.misfire_grace_s,
    )
    scheduler.add_job(
        reports,
        IntervalTrigger(seconds=REPORTS_EVERY_S, start_date=anchor, timezone=UTC),
        executor="reports",
        next_run_time=anchor + timedelta(seconds=REPORTS_AFTER_S),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,  # however late: what is due is in the ledger, not in the schedule
    )
    scheduler.add_listener(_report, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    scheduler.start()
    return scheduler


def _report(event: JobExecutionEvent) -> None:
    if event.exception is not None:
        log.error("A job failed with a fault of its own: %r", event.exception, exc_info=event.exception)
    else:
        log.warning("A tick was missed; the next one loads the same rows.")
