"""What the ETL reads, and how each column reaches DuckDB.

ADBC infers types from the first rows and fails on a column that starts with nulls and goes on with
strings. So every column is cast, so that a row of a wrong type is one bad row and not a failed batch, and
nulls become sentinels (`''`, `-1`), which the models turn into nulls again.
"""

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa

JOURNAL_VIEW = "events_v1"
JOURNAL_BATCH = "journal_batch"


@dataclass(frozen=True, slots=True)
class Source:
    """A table of an SQLite file that is read on by its column `id`."""

    table: str
    batch: str
    """What the rows just read are called in a model's `source`."""
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    nullable_numbers: tuple[str, ...] = ()
    reals: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()
    """Columns that are not read as they are: SQL by name."""

    @property
    def schema(self) -> pa.Schema:
        """The columns of a batch, in the order of `select`."""
        return pa.schema(
            [("id", pa.int64())]
            + [(name, pa.string()) for name in self.texts]
            + [(name, pa.int64()) for name in (*self.numbers, *self.nullable_numbers)]
            + [(name, pa.float64()) for name in self.reals]
        )

    def select(self, known: Collection[str]) -> str:
        """The query for the rows after a position, oldest first, at most so many: parameters `id`, limit.

        A column that an older file does not have yet, not being in `known`, is read as its sentinel.
        """
        columns = ["id"]
        for names, kind, missing in (
            (self.texts, "text", "''"),
            (self.numbers, "integer", "0"),
            (self.nullable_numbers, "integer", "-1"),
            (self.reals, "real", "0.0"),
        ):
            for name in names:
                read = dict(self.read_as).get(name, name) if name in known else "null"
                columns.append(f"coalesce(cast({read} as {kind}), {missing}) as {name}")
        # S608: table and column names are the constants below.
        return f"select {', '.join(columns)} from {self.table} where id > ? order by id limit ?"  # noqa: S608


JOURNAL = Source(
    table=JOURNAL_VIEW,
    batch=JOURNAL_BATCH,
    texts=(
        "room_id",
        "game",
        "kind",
        "player_id",
        "type",
        "args",
        "phase_from",
        "phase_to",
        "outcome",
    ),
    numbers=("version", "at_us", "handled_us", "schema_version", "seats", "is_private"),
    nullable_numbers=("seat", "spent_ms", "match"),
    # what an action asked for is the largest column, and no model reads it
    read_as=(("args", "case when kind <> 'action' and args <> '{}' then args end"),),
)

TELEMETRY = (
    Source(
        table="sessions",
        batch="telemetry_sessions",
        texts=("session_id", "player_id", "transport", "close_reason"),
        numbers=("at_us", "opened_us", "upgraded", "reconnects", "acts"),
        nullable_numbers=("latency_ms",),
    ),
    Source(
        table="latencies",
        batch="telemetry_latencies",
        texts=("subject", "name"),
        numbers=("at_us", "bucket", "n"),
    ),
    Source(
        table="samples",
        batch="telemetry_samples",
        numbers=(
            "at_us",
            "rss_bytes",
            "descriptors",
            "websocket",
            "polling",
            "rooms_open",
            "rooms_playing",
            "players",
            "bytes_in",
            "bytes_out",
            "events",
            "moves",
            "outbox_replaced",
            "outbox_dropped",
            "outbox_closed",
            "cache_hits",
            "cache_misses",
        ),
        reals=("cpu_percent",),
    ),
    Source(
        table="errors",
        batch="telemetry_errors",
        texts=("kind", "name"),
        numbers=("at_us", "count"),
    ),
    Source(
        table="waits",
        batch="telemetry_waits",
        texts=("player_id", "game", "result", "room_id"),
        numbers=("at_us", "entered_us"),
    ),
    Source(
        table="features",
        batch="telemetry_features",
        texts=("name", "player_id"),
        numbers=("at_us", "count"),
    ),
    Source(
        table="refusals",
        batch="telemetry_refusals",
        texts=("code",),
        numbers=("at_us", "count"),
    ),
    Source(
        table="conflicts",
        batch="telemetry_conflicts",
        texts=("room_id", "player_id", "type", "resolution"),
        numbers=("at_us", "client_version", "server_version"),
    ),
    Source(
        table="incidents",
        batch="telemetry_incidents",
        texts=("kind", "room_id", "epoch", "player_id", "transport", "detail"),
        numbers=("at_us", "version"),
    ),
)
"""The tables of telemetry.sqlite, each read on by itself."""
