"""SQL: any question to the mart that only reads."""

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.roles import Role
from kibitz_dashboard.sql.console import SQL_CHARS_MAX, SqlRefused, run_sql
from kibitz_dashboard.sql.examples import EXAMPLES
from kibitz_dashboard.sql.worker import MEMORY_MAX_MB, ROWS_MAX, TIME_MAX_MS

page = begin("SQL", queries="core", offered=(), needed=Role.ADMIN)
st.caption(
    f"DuckDB's SQL on the newest mart, read-only: one SELECT at a time, at most {ROWS_MAX:,} rows, "
    f"{TIME_MAX_MS // 1000} s and {MEMORY_MAX_MB} MB of memory. Times are UTC."
)
asking, tables = st.columns([3, 2], gap="medium")
with asking:
    example = st.selectbox("Begin with", list(EXAMPLES), key="example", bind="query-params")
    with st.form("sql", border=False):
        sql = st.text_area(
            "Query",
            EXAMPLES[example or next(iter(EXAMPLES))],
            height=330,
            max_chars=SQL_CHARS_MAX,
            key=f"sql-text-{example}",
        )
        is_asked = st.form_submit_button("Run", icon=":material/play_arrow:", type="primary")
with tables:
    catalog = page.ask("core/columns")
    st.dataframe(
        catalog[["table_name", "n_rows"]],
        hide_index=True,
        height=212,
        row_height=30,
        column_config={
            "table_name": st.column_config.TextColumn("Table"),
            "n_rows": st.column_config.NumberColumn("Rows", format="localized", width="small"),
        },
        key="tables",
    )
    name = st.selectbox("Columns of", catalog["table_name"], key="table", bind="query-params")
    chosen = catalog[catalog["table_name"] == name].iloc[0]
    with st.container(height=260, border=True):
        st.caption(words.plain(words.sentence(chosen["about"], chosen["grain"])))
        for line in str(chosen["column_text"]).splitlines():
            column, _, meaning = line.partition(": ")
            st.caption(f"`{column}` {words.plain(meaning)}")
if is_asked:
    try:
        st.session_state["sql-found"] = run_sql(page.mart.path, sql)
    except SqlRefused as refused:
        st.session_state["sql-found"] = None
        st.error(words.plain(str(refused)), icon=":material/block:")
if found := st.session_state.get("sql-found"):
    cut = f"The first {words.count(len(found.rows))}; there are more" if found.is_cut else "All there are"
    page.table(
        f"{words.count(len(found.rows))} rows",
        found.rows,
        file="sql",
        empty="The query gave no rows.",
        note=f"{cut} · {words.duration(found.took_ms)}",
    )
page.end()
