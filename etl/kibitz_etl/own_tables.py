"""What a mart says about the ETL itself. The columns here are those that docs/data-dictionary.md shows."""

from dataclasses import dataclass

from kibitz_etl.model import Column

QUARANTINE_SHOWN = 500
RUNS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class OwnTable:
    name: str
    about: str
    columns: tuple[Column, ...]

    @property
    def ddl(self) -> str:
        return ", ".join(f"{column.name} {column.type}" for column in self.columns)


OWN_TABLES = (
    OwnTable(
        "meta",
        "one row: what this mart is, and how far the journal was loaded when it was made",
        (
            Column("mart_version", "bigint", "rises with each publish"),
            Column("schema_version", "integer", "a dashboard refuses one from the future"),
            Column("models_digest", "varchar", "changes with any model"),
            Column("watermark_seq", "bigint", "the last journal position loaded"),
            Column(
                "watermark_at", "timestamp", "newest `occurred_at` loaded, UTC; null before the first event"
            ),
            Column("rows_loaded", "bigint", "events loaded"),
            Column(
                "late_rows", "bigint", "events more than 10 minutes older than the newest one before them"
            ),
            Column("quarantined_rows", "bigint", "events that could not be used"),
            Column("built_at", "timestamp", "when the mart was made, UTC"),
            Column("is_demo", "boolean", "whether the data was made by `kibitz demo`"),
            Column("zone", "varchar", "whose days the retention variant `zone` counts"),
            Column("archived_seq", "bigint", "the archive holds every event up to this journal position"),
        ),
    ),
    OwnTable(
        "model_catalog",
        "one row per table: how it is counted",
        (
            Column("table_name", "varchar", "the table"),
            Column("about", "varchar", "what it is"),
            Column("grain", "varchar", "one row per …"),
            Column("column_text", "varchar", "`name type: meaning`, a line per column"),
            Column("sql", "varchar", "the query; empty where Python makes the table"),
        ),
    ),
    OwnTable(
        "reconciliation",
        "one row per UTC day: events in the journal and in the warehouse, as last compared",
        (
            Column("day", "date", "the UTC day"),
            Column("n_journal", "bigint", "events in the journal"),
            Column("n_warehouse", "bigint", "events in the warehouse, those in quarantine included"),
            Column("is_equal", "boolean", "whether they are the same number"),
            Column("checked_at", "timestamp", "when they were compared, UTC"),
        ),
    ),
    OwnTable(
        "etl_runs",
        f"the last {RUNS_SHOWN} runs that did something, the newest first",
        (
            Column("run_id", "bigint", "rises with each run"),
            Column("started_at", "timestamp", "when it began, UTC"),
            Column("ended_at", "timestamp", "when it ended, UTC"),
            Column("state", "varchar", "done or failed"),
            Column("rows_read", "bigint", "rows read from the journal and telemetry"),
            Column("batches", "bigint", "batches they came in"),
            Column("mart_version", "bigint", "the mart it published; null when none"),
            Column("duration_ms", "bigint", "how long it took, in milliseconds"),
            Column("error", "varchar", "why it failed; null where it did not"),
        ),
    ),
    OwnTable(
        "quarantine",
        f"the last {QUARANTINE_SHOWN} rows that could not be used",
        (
            Column("seq", "bigint", "position in the source"),
            Column("error", "varchar", "why it cannot be used"),
            Column("found_at", "timestamp", "when it was met, UTC"),
            Column("source", "varchar", "events_v1, or telemetry_ and a table's name"),
        ),
    ),
)

_ROWS = {
    "reconciliation": """
        select day, n_journal, n_warehouse, is_equal, checked_at from etl_reconciliation order by day
    """,
    "quarantine": f"""
        select seq, error, found_at, source from etl_quarantine
        order by found_at desc, seq desc limit {QUARANTINE_SHOWN}
    """,  # noqa: S608  (a constant)
}


def own_rows(table: str) -> str:
    """The query for the rows that a mart shows of one of the warehouse's own tables."""
    return _ROWS[table]
