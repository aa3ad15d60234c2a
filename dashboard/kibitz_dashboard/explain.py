"""How this is counted: beside each page's numbers, their definitions, their bounds and their SQL."""

from collections.abc import Mapping

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.mart import Mart, query_text
from kibitz_dashboard.periods import Window


def how_counted(mart: Mart, definitions: Mapping[str, str], queries: tuple[str, ...], window: Window) -> None:
    meta = mart.meta
    with st.expander("How this is counted", icon=":material/calculate:"):
        st.markdown("\n".join(f"- **{name}**: {text}" for name, text in definitions.items()))
        st.markdown(
            f"Period: {window.from_at:%Y-%m-%d %H:%M} to {window.to_at:%Y-%m-%d %H:%M} UTC, the end left "
            "out; a day is a UTC day, the running hour is not over yet. "
            f"Loaded: {meta.rows_loaded:,} events up to position {meta.watermark_seq:,} "
            f"({words.clock(meta.watermark_at)}), {meta.late_rows:,} of them late (older than the newest "
            f"by more than 10 minutes when they arrived), {meta.quarantined_rows:,} in quarantine. "
            f"Mart {meta.mart_version}, built {words.clock(meta.built_at)}."
        )
        for name in queries:
            st.caption(f"queries/{name}.sql")
            st.code(query_text(name).strip(), language="sql")
