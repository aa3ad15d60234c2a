"""One tick: load whatever is new, publish if anything changed, and say how it went."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Self

import duckdb

from kibitz_etl.archive.manifest import read_manifest
from kibitz_etl.archive.whole import WholeJournal
from kibitz_etl.derived import Derived
from kibitz_etl.errors import EtlError, JournalMissing
from kibitz_etl.extract import BATCH_ROWS
from kibitz_etl.ledger import Ledger, Run
from kibitz_etl.load import Loader, UtcNow
from kibitz_etl.model import Model, Window
from kibitz_etl.newest import Cutoffs
from kibitz_etl.own_tables import RUNS_SHOWN
from kibitz_etl.paths import Paths
from kibitz_etl.pointer import Pointer, read_pointer, write_pointer
from kibitz_etl.prepare import prepare
from kibitz_etl.publish import About, drop_old, models_digest, next_version, publish
from kibitz_etl.reconcile import Difference, begin_again, is_due, reconcile
from kibitz_etl.recount import Recounter
from kibitz_etl.telemetry import Telemetry
from kibitz_etl.warehouse import make_tables, open_warehouse, transaction
from kibitz_etl.watermarks import nothing_counted, rows_known

COUNT_AFTER_ROWS = 1_000_000
"""While catching up, what was loaded is counted after so many rows: each day once or twice, not per batch."""


class State(StrEnum):
    OK = "ok"
    WAITING = "waiting"  # there is no journal yet
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Tick:
    """How a tick went; `message` is one sentence for a person."""

    state: State
    message: str
    rows_read: int = 0
    mart_version: int | None = None
    """The mart that was published; None when there was nothing to publish."""


class Pipeline:
    """Journal to mart for one data directory. One thread, one process: see `lock.only_runner`."""

    def __init__(
        self,
        paths: Paths,
        models: Sequence[Model],
        *,
        utc_now: UtcNow,
        interval_s: float,
        batch_rows: int = BATCH_ROWS,
        derived: Sequence[Derived] = (),
        zone: str = "UTC",
    ) -> None:
        """Opens and prepares the warehouse.

        Raises `WarehouseBusy`, `BadModel`, `CannotReread` or `CheckFailed`.

        `derived`: tables that Python makes, each published with every mart. `zone`: whose days the retention
        variant `zone` counts.
        """
        self._paths = paths
        self._models = models
        self._derived = derived
        self._utc_now = utc_now
        self._interval_s = interval_s
        self._batch_rows = batch_rows
        self._zone = zone
        self._digest = models_digest(models, derived) + f" {zone}"
        self._stopping = threading.Event()
        self._ledger = Ledger(paths.ledger)
        self._cutoffs: Cutoffs = {}
        self._open()

    def _open(self) -> None:
        self._con = open_warehouse(self._paths)
        self._journal = WholeJournal(self._paths.journal, self._paths.archive)
        self.loader = Loader(
            self._con, self._journal, Telemetry(self._paths.telemetry), self._models, self._utc_now
        )
        self._recounter = Recounter(self._con, self._models, self._derived, self._zone)
        self._is_sound = False
        try:
            prepare(self._con, self._models, self._derived, self.loader, self._recounter)
        except BaseException:
            self.loader.close()
            self._con.close()
            raise
        self._is_sound = True

    def _reopen(self) -> None:
        """After a fault: DuckDB may have given the database up, or may still have a half mart attached."""
        self.loader.close()
        with suppress(duckdb.Error):
            self._con.close()
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.loader.close()
        self._con.close()

    def stop(self) -> None:
        """From any thread: end the running tick soon. Nothing is lost; its batch is rolled back."""
        self._stopping.set()
        self._con.interrupt()

    def tick(self) -> Tick:
        """Load and publish once. Faults are reported in the result and in the ledger, not raised."""
        started_at = self._utc_now()
        rows = batches = 0
        version = error = None
        try:
            if not self._is_sound:
                self._reopen()
            replaced = self._start_over_if_replaced()
            rows, batches, has_changed, error = self._load_and_count()
            was_due = is_due(self._con, self._utc_now())
            if was_due:
                reconcile(self._con, self._journal, self._utc_now(), whole=False)
            version = self._publish_if_changed(force=replaced or has_changed or was_due)
            state, message = (State.OK, _loaded(rows, version)) if error is None else (State.FAILED, error)
        except JournalMissing as missing:
            state, message = State.WAITING, str(missing)
        except (EtlError, duckdb.Error, OSError) as failure:
            state, message = State.FAILED, " ".join(str(failure).split())
            error = message
            self._is_sound = not isinstance(failure, duckdb.Error)
        try:
            self._tell(state, message)
            if rows or version is not None or error is not None:
                self._ledger.record(Run(started_at, self._utc_now(), rows, batches, version, error))
        except (OSError, sqlite3.Error) as failure:
            # a full disk takes no note of itself; readers see the old sign of life, and call it stale
            state, message = State.FAILED, f"{message} It could not be noted: {failure}."
        return Tick(state, message, rows, version)

    def rebuild(self, from_at: datetime | None = None, to_at: datetime | None = None) -> Tick:
        """Count again what happened in that time, by default ever, then tick. Raises `CheckFailed`."""
        self._recounter.recount(from_at, to_at)
        self._cutoffs.clear()
        self._publish_if_changed(force=True)
        return self.tick()

    def reconcile(self) -> list[Difference]:
        """Compare all of journal and warehouse day by day, publish the result; the days that differ."""
        differences = reconcile(self._con, self._journal, self._utc_now(), whole=True)
        self._publish_if_changed(force=True)
        return differences

    def _load_and_count(self) -> tuple[int, int, bool, str | None]:
        """Load until nothing is waiting, and count it.

        Rows, batches, whether a table changed, and why telemetry could not be read.
        """
        rows = batches = uncounted = 0
        has_changed = is_last = False
        fault: str | None = None
        while not is_last and not self._stopping.is_set():
            loaded = self.loader.load_batch(self._batch_rows)
            n, is_last, fault = loaded.n_events + loaded.n_telemetry, loaded.is_last, loaded.fault
            rows, batches, uncounted = rows + n, batches + (n > 0), uncounted + n
            if is_last or uncounted >= COUNT_AFTER_ROWS:
                has_changed |= self._recounter.count_new().anything
                uncounted = 0
        return rows, batches, has_changed, fault

    def _start_over_if_replaced(self) -> bool:
        """Forget everything when the journal is not the one that was read, but a restored or a new one."""
        if not self.loader.is_another_journal():
            return False
        with transaction(self._con):
            self.loader.forget_events()
            make_tables(self._con, [m for m in self._models if m.window is not Window.BATCH])
            nothing_counted(self._con)
            begin_again(self._con)
        self._cutoffs.clear()
        self._recounter.changes.everything = True
        return True

    def _publish_if_changed(self, *, force: bool) -> int | None:
        watermark, known_rows = self.loader.watermark(), rows_known(self._con)
        known = read_pointer(self._paths.pointer)
        is_current = (
            known is not None
            and known.mart is not None
            and (self._paths.warehouse_dir / known.mart).is_file()
            and known.watermark_seq == watermark.last.seq
            and known.rows_known == known_rows
            and known.models_digest == self._digest
        )
        if is_current and not force:
            return None
        version = next_version(self._paths, known)
        now = self._utc_now()
        archived_seq = read_manifest(self._paths.archive).last_seq
        about = About(version, now, self._zone, self._paths.demo.exists(), archived_seq)
        runs = self._ledger.newest(RUNS_SHOWN)
        name = publish(
            self._con,
            self._paths,
            self._models,
            self._derived,
            watermark,
            runs,
            about,
            None if known is None else known.mart,
            self._cutoffs,
            self._recounter.changes,
        )
        pointer = Pointer(
            name, version, watermark.last.seq, self._digest, known_rows, now, self._interval_s, State.OK, ""
        )
        write_pointer(self._paths.pointer, pointer)
        drop_old(self._paths, newest=version)
        return version

    def _tell(self, state: State, message: str) -> None:
        """Renew the pointer's sign of life; readers take an old one for a stopped ETL."""
        known = read_pointer(self._paths.pointer) or Pointer(
            None, 0, 0, "", 0, self._utc_now(), self._interval_s, state, message
        )
        write_pointer(
            self._paths.pointer,
            replace(
                known,
                checked_at=self._utc_now(),
                interval_s=self._interval_s,
                state=state,
                message=message,
            ),
        )


def _loaded(rows: int, version: int | None) -> str:
    if version is None:
        return "Nothing new."
    return f"Loaded {rows} events; published mart {version}."
