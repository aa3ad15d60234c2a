"""Query results for pages, cached by everything they depend on: query, parameters and mart."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from kibitz_dashboard.core.mart import Mart, MartHolder, Parameter


@st.cache_resource(show_spinner=False)
def mart_holder(warehouse_dir: str) -> MartHolder:
    """One per data directory, shared by all who look."""
    return MartHolder(Path(warehouse_dir))


def frame(mart: Mart, name: str, **parameters: Parameter) -> pd.DataFrame:
    """The rows of `queries/<name>.sql` on this mart. Do not change them: others get the same."""
    # a mart never changes once it is named, so there is no time after which a result is stale
    identity = (mart.meta.mart_version, mart.meta.built_at)
    return _frame(mart, name, tuple(sorted(parameters.items())), identity)


@st.cache_data(max_entries=500, show_spinner=False)
def _frame(
    _mart: Mart, name: str, parameters: tuple[tuple[str, Parameter], ...], identity: tuple[int, datetime]
) -> pd.DataFrame:
    return _mart.query(name, dict(parameters))


def first(rows: pd.DataFrame, column: str) -> float | None:
    """The value of a query that gives one row; None for null."""
    value = rows[column].iloc[0]
    return None if pd.isna(value) else float(value)
