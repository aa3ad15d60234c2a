"""Health: how fresh the numbers are, and the proof that none is lost or counted twice."""

import pandas as pd
import streamlit as st

from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.pairs import Both, ratio
from kibitz_dashboard.core.tiles import tile
from kibitz_dashboard.figures.health import run_times
from kibitz_dashboard.health import tables
from kibitz_dashboard.health.archive import ArchiveError, archive
from kibitz_dashboard.health.behind import behind
from kibitz_dashboard.room.journal import JournalError

page = begin("Health", queries="health", offered={"zone"})
meta, pointer, zone = page.mart.meta, page.visit.pointer, page.filters.zone
try:
    late = behind(page.visit.settings.journal, meta)
    n_behind, lag = Both(late.n_events), Both(late.lag_ms)
except JournalError as error:
    st.warning(str(error), icon=":material/database_off:")
    n_behind, lag = Both(None), Both(None)
days, runs = page.both("health/days"), page.both("health/run_times")
looked = (page.now - pointer.checked_at).total_seconds() * 1000
loaded = Both(meta.rows_loaded)
page.tiles(
    tile("rows_behind", n_behind, n=loaded, of="events counted"),
    tile("lag", lag, n=n_behind, of="events behind"),
    tile("checked_ago", Both(max(0.0, looked)), n=None, of=f"looks every {pointer.interval_s:g} s"),
    tile("days_equal", ratio(days["n_equal"], days["n_days"]), n=days["n_days"], of="days"),
    tile("late", Both(meta.late_rows), n=loaded, of="events counted"),
    tile("quarantined", Both(meta.quarantined_rows), n=loaded, of="events counted"),
    tile("run_p50", runs["p50_ms"], n=runs["n_runs"], of="runs"),
    tile("runs_failed", runs["n_failed"], n=runs["n_runs"], of="runs"),
)
rows = page.ask("health/reconciliation")
wrong = int((~rows["is_equal"].astype(bool)).sum())
if wrong:
    st.error(
        f"On {wrong} {'day' if wrong == 1 else 'days'} journal and warehouse differ: "
        "`python -m kibitz_etl --data DIR --rebuild` reads the journal again.",
        icon=":material/error:",
    )
page.table(
    "Journal and warehouse, day by day",
    tables.days(rows, zone),
    raw=rows,
    file="reconciliation",
    empty="Nothing was compared yet: the ETL does so when a day is over.",
)
rows = page.ask("health/runs")
page.chart(
    "How long runs took",
    run_times(rows, zone, page.colours) if len(rows) else None,
    empty="A run shows in the next mart.",
    note="Each run that loaded, published or failed, and the rows it read",
)
page.table("Runs", tables.runs(rows, zone), raw=rows, file="runs", empty="A run shows in the next mart.")
rows = page.ask("health/quarantine")
page.table(
    "Quarantine",
    tables.quarantined(rows, zone),
    raw=rows,
    file="quarantine",
    empty="Nothing is in quarantine: every row could be used.",
)
try:
    kept = archive(page.visit.settings.data)
    page.table(
        "Archive",
        pd.DataFrame() if kept is None else kept.segments,
        file="archive",
        empty="No day was archived yet: `kibitz prune` does so before it deletes.",
        note="" if kept is None else f"Every event up to {kept.last_seq:,} lies in Parquet files.",
        columns={"Size": st.column_config.NumberColumn(format="bytes")},
    )
except ArchiveError as error:
    st.error(str(error), icon=":material/error:")
page.end()
