"""One tick: load whatever is new, publish if anything changed, and say how it went."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

import duckdb

from kibitz_etl.errors import EtlError, JournalMissing
from kibitz_etl.extract import BATCH_ROWS, Journal
from kibitz_etl.ledger import Ledger, Run
from kibitz_etl.load import Loader, UtcNow
from kibitz_etl.models import Model
from kibitz_etl.paths import Paths
from kibitz_etl.publish import (
    Pointer,
    drop_old,
    models_digest,
    next_version,
    publish,
    read_pointer,
    write_pointer,
)
from kibitz_etl.warehouse import open_warehouse


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
    ) -> None:
        """Opens and prepares the warehouse. Raises `WarehouseBusy`, `BadModel` or `CheckFailed`."""
        self._paths = paths
        self._models = models
        self._utc_now = utc_now
        self._interval_s = interval_s
        self._batch_rows = batch_rows
        self._digest = models_digest(models)
        self._stopping = threading.Event()
        self._ledger = Ledger(paths.ledger)
        self._open()

    def _open(self) -> None:
        self._con = open_warehouse(self._paths)
        self.loader = Loader(self._con, Journal(self._paths.journal), self._models, self._utc_now)
        self._is_sound = False
        try:
            self.loader.prepare()
        except BaseException:
            self._con.close()
            raise
        self._is_sound = True

    def _reopen(self) -> None:
        """After a fault: DuckDB may have given the database up, or may still have a half mart attached."""
        with suppress(duckdb.Error):
            self._con.close()
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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
            replaced = self.loader.start_over_if_replaced()
            while not self._stopping.is_set():
                n = self.loader.load_batch(self._batch_rows)
                rows, batches = rows + n, batches + (n > 0)
                if n < self._batch_rows:
                    break
            version = self._publish_if_changed(force=replaced)
            state, message = State.OK, _loaded(rows, version)
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

    def rebuild(self) -> Tick:
        """Count every table again from `fct_event`, then tick. Raises `CheckFailed`."""
        self.loader.rebuild()
        self._publish_if_changed(force=True)
        return self.tick()

    def _publish_if_changed(self, *, force: bool) -> int | None:
        watermark = self.loader.watermark()
        known = read_pointer(self._paths.pointer)
        is_current = (
            known is not None
            and known.mart is not None
            and (self._paths.warehouse_dir / known.mart).is_file()
            and known.watermark_seq == watermark.last.seq
            and known.models_digest == self._digest
        )
        if is_current and not force:
            return None
        version = next_version(self._paths, known)
        now = self._utc_now()
        name = publish(self._con, self._paths, self._models, watermark, version=version, built_at=now)
        write_pointer(
            self._paths.pointer,
            Pointer(name, version, watermark.last.seq, self._digest, now, self._interval_s, State.OK, ""),
        )
        drop_old(self._paths, newest=version)
        return version

    def _tell(self, state: State, message: str) -> None:
        """Renew the pointer's sign of life; readers take an old one for a stopped ETL."""
        known = read_pointer(self._paths.pointer)
        mart, version, seq, digest = (
            (None, 0, 0, "")
            if known is None
            else (known.mart, known.mart_version, known.watermark_seq, known.models_digest)
        )
        write_pointer(
            self._paths.pointer,
            Pointer(mart, version, seq, digest, self._utc_now(), self._interval_s, state, message),
        )


def _loaded(rows: int, version: int | None) -> str:
    if version is None:
        return "Nothing new."
    return f"Loaded {rows} events; published mart {version}."
