"""Reports: what was made for each day, week and month, to read here or to take along."""

import mimetypes

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.cards import nothing, table
from kibitz_dashboard.core.filters import choose_zone
from kibitz_dashboard.core.roles import Role
from kibitz_dashboard.core.start import enter
from kibitz_dashboard.reports.route import PREFIX
from kibitz_dashboard.reports.shelf import report, shelf
from kibitz_dashboard.reports.table import as_shown, link_to

visit = enter("Reports", Role.ANALYST)
with st.container(horizontal=True, key="filters"):
    zone = choose_zone()
found = shelf(visit.settings.reports_dir)
table(
    "All reports",
    as_shown(found, zone),
    file="reports",
    empty="No report was made yet. `kibitz report --period 2026-W46` makes one now; others come when a day, "
    "week or month is over.",
    open_row=lambda position: link_to(found[position]),
)
query = st.query_params
chosen = report(visit.settings.reports_dir, query.get("report", ""), query.get("of", ""))
if chosen is None and found:
    chosen = found[0]
if chosen is not None:
    manifest = chosen.manifest
    with st.container(border=True, key="card-report"):
        st.subheader(manifest.title, anchor=False)
        st.caption(
            f"{words.plain(manifest.period)} · {words.plain(manifest.zone)} · mart {manifest.mart_version} · "
            f"counted up to event {manifest.watermark_seq:,}"
        )
        for fault in chosen.faults():
            st.error(f"Not as its manifest says: {fault}.", icon=":material/error:")
        with st.container(horizontal=True, gap="small"):
            for file in manifest.files:
                path = chosen.file(file.name)
                if path is not None:
                    st.download_button(
                        f"{file.name} · {words.size(file.bytes)}",
                        data=path.read_bytes,
                        file_name=f"{chosen.name}-{chosen.period}-{file.name}",
                        mime=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
                        on_click="ignore",
                        icon=":material/download:",
                        help=f"SHA-256 {file.sha256}",
                        key=f"file-{file.name}",
                    )
        if chosen.file("report.html") is None:
            nothing("This report has no page to read here.")
        else:
            st.iframe(f"{PREFIX}/{chosen.name}/{chosen.period}", height=900)
    with st.expander("How this is counted", icon=":material/calculate:"):
        st.markdown("Each number of the report comes from these queries, on the mart that it names.")
        for name, sql in manifest.sql.items():
            st.caption(name)
            st.code(sql, language="sql")
