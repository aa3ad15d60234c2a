"""How this is counted: beside each page's numbers, their definitions, their bounds and their SQL."""

import re
from collections.abc import Mapping

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.frames import frame
from kibitz_dashboard.core.mart import Mart, query_text
from kibitz_dashboard.core.periods import Window


def tables_read(mart: Mart, queries: tuple[str, ...]) -> list[str]:
    """What the tables behind these queries are, in the words of their models."""
    text = " ".join(query_text(name) for name in queries)
    catalog = frame(mart, "core/catalog")
    return [
        f"- `{table}`: {about} {grain[0].upper()}{grain[1:]}."
        for table, about, grain in zip(catalog["table_name"], catalog["about"], catalog["grain"], strict=True)
        if re.search(rf"\b{table}\b", text)
    ]


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
        if queries:
            st.markdown("\n".join(tables_read(mart, queries)))
        for name in queries:
            st.caption(f"queries/{name}.sql")
            st.code(query_text(name).strip(), language="sql")
