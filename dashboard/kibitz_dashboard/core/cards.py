"""What stands in the cards of a page: a chart, or a table that can be taken along."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from kibitz_dashboard import words
from kibitz_dashboard.core.drill import Link
from kibitz_dashboard.core.export import to_csv, to_parquet

Drill = Callable[[Mapping[str, Any]], Link | None]
"""From a clicked point of a chart, as Plotly describes it, to where it leads."""
Open = Callable[[int], Link | None]
"""From the position of a clicked row to where it leads."""
ROW_PX, HEAD_PX, TABLE_PX_MAX = 35, 37, 632


def chart(
    title: str,
    figure: go.Figure | None,
    *,
    empty: str,
    note: str = "",
    drill: Drill | None = None,
    link: Link | None = None,
) -> None:
    """A figure in its card; None where there is nothing to draw, and `empty` says what is not there."""
    with st.container(border=True, key=f"card-{title}", height="stretch"):
        _head(title, note, link if figure is not None else None)
        if figure is None:
            nothing(empty)
            return
        options: dict[str, Any] = {"theme": None, "config": {"displayModeBar": False}, "alt": title}
        if drill is None:
            st.plotly_chart(figure, key=f"chart-{title}", **options)
            return
        chosen = st.plotly_chart(
            figure, key=f"chart-{title}", on_select="rerun", selection_mode="points", **options
        )
        points = chosen["selection"]["points"]
        target = drill(points[0]) if points else None
        if target is not None:
            st.switch_page(target.page, query_params=target.within)


def table(
    title: str,
    shown: pd.DataFrame,
    *,
    raw: pd.DataFrame | None = None,
    file: str,
    empty: str,
    columns: Mapping[str, Any] | None = None,
    note: str = "",
    open_row: Open | None = None,
    link: Link | None = None,
) -> None:
    """Rows in a card, to be taken along as CSV and Parquet: `raw` as counted, or else what is shown."""
    with st.container(border=True, key=f"card-{title}"):
        _head(title, note, link)
        if shown.empty:
            nothing(empty)
            return
        options: dict[str, Any] = {
            "hide_index": True,
            "column_config": {**_formats(shown), **(columns or {})},
            "height": min(TABLE_PX_MAX, HEAD_PX + ROW_PX * len(shown)),
            "row_height": ROW_PX,
            "key": f"table-{title}",
        }
        if open_row is None:
            st.dataframe(shown, **options)
        else:
            chosen = st.dataframe(shown, on_select="rerun", selection_mode="single-cell", **options)
            if chosen.selection.cells:
                target = open_row(int(chosen.selection.cells[0][0]))
                if target is not None:
                    st.switch_page(target.page, query_params=target.within)
        downloads(shown if raw is None else raw, file)


def downloads(rows: pd.DataFrame, file: str) -> None:
    """Both are made when they are asked for, not before."""
    name = words.file_name(file)
    kinds = (
        ("CSV", "csv", "text/csv", to_csv),
        ("Parquet", "parquet", "application/vnd.apache.parquet", to_parquet),
    )
    with st.container(horizontal=True, gap="small"):
        for label, ending, mime, make in kinds:
            st.download_button(
                label,
                data=lambda make=make: io.BytesIO(make(rows)),  # type: ignore[misc]
                file_name=f"kibitz-{name}.{ending}",
                mime=mime,
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
                key=f"download-{name}-{ending}",
            )


def _formats(shown: pd.DataFrame) -> dict[str, Any]:
    """How columns look unless a page says otherwise: names in words, numbers grouped, days without hours."""
    found: dict[str, Any] = {}
    for name in shown.columns:
        values, label = shown[name], words.column(str(name))
        if is_bool_dtype(values):
            found[name] = st.column_config.CheckboxColumn(label)
        elif is_numeric_dtype(values):
            found[name] = st.column_config.NumberColumn(label, format="localized")
        elif is_datetime64_any_dtype(values):
            is_day = bool((values.dropna() == values.dropna().dt.normalize()).all())
            found[name] = st.column_config.DatetimeColumn(
                label, format="YYYY-MM-DD" if is_day else "YYYY-MM-DD HH:mm:ss"
            )
        else:
            found[name] = label
    return found


def nothing(text: str) -> None:
    """The designed blank of a card."""
    with st.container(horizontal_alignment="center", gap=None):
        st.space("small")
        st.markdown(":material/inbox:", width="content")
        st.caption(text, width="content", text_alignment="center")
        st.space("small")


def _head(title: str, note: str, link: Link | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(title, anchor=False)
        if link is not None:
            st.page_link(
                link.page, label=link.label, query_params=link.within, icon=":material/arrow_forward:"
            )
    if note:
        st.caption(note)
