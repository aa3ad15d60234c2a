"""Keeps the archive up with the journal, a few days at a time beside the ticks."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kibitz_etl.archive.writing import archive_next_day
from kibitz_etl.errors import EtlError

log = logging.getLogger("kibitz_etl")

BUDGET_S = 2.0
"""No tick waits longer for days that closed long ago; those that are left come after the next one."""


class Keeper:
    """The archive of one data directory. What fails is logged once, and tried again at the next tick."""

    def __init__(
        self,
        journal: Path,
        folder: Path,
        utc_now: Callable[[], datetime],
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._folder = folder
        self._utc_now = utc_now
        self._monotonic_s = monotonic_s
        self._said = ""

    def keep(self, budget_s: float = BUDGET_S) -> int:
        """Archive closed days until there is none, or the time is up; how many were."""
        days, ends_s = 0, self._monotonic_s() + budget_s
        try:
            while days == 0 or self._monotonic_s() < ends_s:
                if archive_next_day(self._journal, self._folder, self._utc_now()).segment is None:
                    break
                days += 1
        except (EtlError, OSError) as error:
            if str(error) != self._said:
                self._said = str(error)
                log.error("The archive could not be written: %s", error)
        else:
            self._said = ""
        if days:
            log.info("Archived %s.", "a day" if days == 1 else f"{days} days")
        return days
