"""Shows new data by itself.

One small fragment looks at the pointer, and reruns the page when it names another mart.
"""

import streamlit as st

from kibitz_dashboard.core.mart import MartError, read_pointer
from kibitz_dashboard.settings import settings

EVERY_S = 5


@st.fragment(run_every=EVERY_S)
def follow_mart() -> None:
    """Call once, from the entry file: fragments inside pages would be torn down by each rerun."""
    try:
        newest = read_pointer(settings().warehouse_dir).mart
    except MartError:
        newest = None
    shown = st.session_state.setdefault("shown_mart", newest)
    if newest != shown:
        st.session_state["shown_mart"] = newest
        st.rerun()
