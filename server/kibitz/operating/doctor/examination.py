"""All of it, in an order in which a person reads it."""

from pathlib import Path

from kibitz.clock import Clock
from kibitz.operating.doctor.databases import look_at_databases, look_at_sqlite
from kibitz.operating.doctor.findings import Finding
from kibitz.operating.doctor.machine import (
    look_at_clock,
    look_at_disk,
    look_at_limits,
    look_at_permissions,
    look_at_versions,
)
from kibitz.operating.doctor.running import (
    look_at_backups,
    look_at_crashes,
    look_at_etl,
    look_at_processes,
)


def examine(data: Path, clock: Clock, *, is_quick: bool) -> list[Finding]:
    """What there is to say about the directory `data`, which may be in use; nothing is changed."""
    now_us = clock.now_us()
    return [
        *look_at_versions(),
        *look_at_sqlite(),
        *look_at_limits(),
        *look_at_disk(data),
        *look_at_permissions(data),
        *look_at_processes(data),
        *look_at_databases(data, is_quick=is_quick),
        *look_at_clock(data, now_us),
        *look_at_crashes(data),
        *look_at_etl(data, clock),
        *look_at_backups(data, now_us),
    ]
