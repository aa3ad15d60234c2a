"""Makes every report that is due, once, and sends it; what was missed during a downtime is caught up with."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

import msgspec

from kibitz_etl.paths import Paths
from kibitz_etl.pointer import read_pointer
from kibitz_etl.reports.content import Kind
from kibitz_etl.reports.delivery import NotSent, channels, send
from kibitz_etl.reports.make import KINDS, MANIFEST, Manifest, NoMart, drop_old, folder_of, make, open_mart
from kibitz_etl.reports.periods import Grain, Period, over, parse
from kibitz_etl.reports.runs import Delivery, Runs
from kibitz_etl.reports.settings import Settings

log = logging.getLogger("kibitz_etl")

SETTLED_AFTER = timedelta(minutes=5)
"""By then telemetry has written the last minute of a day, and a tick has loaded it."""
QUIET = timedelta(hours=6)
"""A day that nothing followed for so long is over: nobody came since."""

SCHEDULE: dict[str, tuple[Grain, ...]] = {
    "trend": (Grain.DAY, Grain.WEEK, Grain.MONTH),
    "performance": (Grain.DAY, Grain.WEEK, Grain.MONTH),
}


class Reporter:
    """For one data directory; `run` and `deliver` are called in turn by one thread."""

    def __init__(self, paths: Paths, settings: Settings, utc_now: Callable[[], datetime]) -> None:
        self._paths = paths
        self._settings = settings
        self._utc_now = utc_now
        self._runs = Runs(paths.ledger)

    def run(self) -> int:
        """Make what is due, then send what waits; how many reports were made."""
        made = sum(self._make(kind, period) for kind, period in self.due())
        self.deliver()
        return made

    def due(self) -> list[tuple[Kind, Period]]:
        """What is to be made now. Nothing until a mart has all of a period, see `_known_until`."""
        pointer = read_pointer(self._paths.pointer)
        if pointer is None or pointer.state != "ok":
            return []
        try:
            known = self._extent()
        except NoMart:
            return []
        if known is None:
            return []
        first, newest_at = known
        now = self._utc_now()
        return [
            (KINDS[report_id], period)
            for report_id, grains in SCHEDULE.items()
            for grain in grains
            for period in over(grain, _known_until(pointer.checked_at, newest_at))
            if period.last >= first and self._runs.is_wanted(report_id, period.name, now)
        ]

    def _extent(self) -> tuple[date, datetime] | None:
        """The first day of which anything is known, and the newest event. Raises `NoMart`."""
        mart = open_mart(self._paths)
        try:
            first, newest_at = mart.execute(
                "select (select min(metric_date) from agg_metric_day), (select watermark_at from meta)"
            ).fetchall()[0]
        finally:
            mart.close()
        return (first, newest_at) if first is not None and newest_at is not None else None

    def _make(self, kind: Kind, period: Period) -> bool:
        started_at = self._utc_now()
        try:
            manifest = make(self._paths, kind, period, dashboard=self._settings.dashboard)
        except (
            Exception
        ) as error:  # whatever is wrong with one report is not to keep the others from being made
            sentence = " ".join(f"{type(error).__name__}: {error}".split())
            self._runs.failed(kind.id, period.name, started_at, self._utc_now(), sentence)
            log.error("The %s of %s was not made: %s", kind.title.lower(), period.words, sentence)
            return False
        self._runs.made(
            kind.id,
            period.name,
            manifest.mart_version,
            started_at,
            self._utc_now(),
            channels(self._settings),
        )
        drop_old(self._paths, kind)
        log.info("Made the %s of %s.", kind.title.lower(), period.words)
        return True

    def deliver(self) -> None:
        """Send what waits and is due; what does not arrive is tried again later."""
        for delivery in self._runs.due(self._utc_now()):
            try:
                self._send(delivery)
            except NotSent as error:
                self._runs.not_sent(delivery, self._utc_now(), str(error))
                log.warning("A report was not sent by %s: %s", delivery.channel, error)
            else:
                self._runs.sent(delivery)

    def _send(self, delivery: Delivery) -> None:
        folder = folder_of(self._paths, KINDS[delivery.report_id], parse(delivery.period))
        try:
            manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        except (OSError, msgspec.DecodeError) as error:
            raise NotSent(f"the report is not there any more ({error})") from error
        if delivery.channel not in channels(self._settings):
            raise NotSent(f"no {delivery.channel} is set any more")
        send(delivery.channel, manifest, folder, self._settings)


def _known_until(checked_at: datetime, newest_at: datetime) -> date:
    """The day before which every day is whole in the mart.

    A tick that looked after midnight may have read before it. And retention, trends and anomalies count a
    day only when an event of a later one was loaded: a report waits for that, unless all is quiet.
    """
    return min((checked_at - SETTLED_AFTER).date(), max(newest_at.date(), (checked_at - QUIET).date()))
