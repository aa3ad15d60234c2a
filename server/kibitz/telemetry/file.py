"""Writing and forgetting the rows of telemetry.sqlite: blocking, and used by one thread."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from kibitz.sqlite_file import connect, prepare
from kibitz.telemetry.records import (
    Conflict,
    ErrorCount,
    FeatureUse,
    Incident,
    Latency,
    Record,
    Refusal,
    Sample,
    Session,
    Wait,
)
from kibitz.telemetry.schema import TABLES, migrations

BUSY_TIMEOUT_MS = 500
PURGED_AT_ONCE = 5_000


def _insert(table: str, record: type[Struct]) -> str:
    fields = record.__struct_fields__
    marks = ", ".join("?" * len(fields))
    return f"INSERT INTO {table} ({', '.join(fields)}) VALUES ({marks})"  # noqa: S608  # every name is our own


_WHOLE: dict[type[Record], str] = {
    record: _insert(table, record)
    for record, table in (
        (Conflict, "conflicts"),
        (Incident, "incidents"),
        (Session, "sessions"),
        (Latency, "latencies"),
        (Sample, "samples"),
        (ErrorCount, "errors"),
        (Wait, "waits"),
    )
}
_REFUSAL = "INSERT INTO refusals (at_us, code, count) VALUES (?, ?, ?)"
_FEATURE = "INSERT INTO features (at_us, name, player_id, count) VALUES (?, ?, ?, ?)"


class TelemetryFile:
    """Raises `kibitz.sqlite_file.UnusableFile` when opened, `apsw.Error` afterwards."""

    def __init__(self, path: Path) -> None:
        prepare(path, migrations)
        self._connection = connect(path, busy_timeout_ms=BUSY_TIMEOUT_MS)
        # A power cut may take the last seconds along; nobody was promised anything about them.
        self._connection.pragma("synchronous", "normal")

    def write(self, records: Sequence[Record]) -> None:
        """All of them in one transaction, or none. Equal refusals and uses become one row with a count, at
        the time of the first record."""
        whole: dict[type[Record], list[tuple[Any, ...]]] = {}
        refusals: Counter[str] = Counter()
        features: Counter[tuple[str, str]] = Counter()
        for record in records:
            match record:
                case Refusal():
                    refusals[record.code] += 1
                case FeatureUse():
                    features[(record.name, record.player_id)] += record.count
                case _:
                    whole.setdefault(type(record), []).append(astuple(record))
        at_us = records[0].at_us if records else 0
        with self._connection:
            for kind, rows in whole.items():
                self._connection.executemany(_WHOLE[kind], rows)
            self._connection.executemany(_REFUSAL, [(at_us, code, n) for code, n in refusals.items()])
            self._connection.executemany(_FEATURE, [(at_us, *key, n) for key, n in features.items()])

    def purge(self, before_us: int) -> Iterable[int]:
        """Delete older rows, some in each step, and say after each how many went."""
        for table in TABLES:
            statement = (
                f"DELETE FROM {table} WHERE id IN "  # noqa: S608  # every name is our own
                f"(SELECT id FROM {table} WHERE at_us < ? LIMIT {PURGED_AT_ONCE})"
            )
            while True:
                self._connection.execute(statement, (before_us,))
                gone = self._connection.changes()
                if not gone:
                    break
                yield gone

    def close(self) -> None:
        """Empties the log into the file, where that can be done."""
        self._connection.close()
