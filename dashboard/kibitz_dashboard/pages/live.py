"""Live: what is going on at this moment, and what is out of play."""

import streamlit as st

from kibitz_dashboard.core.roles import Role
from kibitz_dashboard.core.start import enter
from kibitz_dashboard.live.faults import show_faults
from kibitz_dashboard.live.strip import show_live
from kibitz_dashboard.live.table import show_open_rooms
from kibitz_dashboard.server.live import faults, live_counts

visit = enter("Live", Role.ANALYST)


@st.fragment(run_every=5)
def now() -> None:
    show_live(visit)
    live = live_counts(visit.settings.server_url, visit.token)
    if isinstance(live, str):
        return
    show_faults(faults(visit.settings.server_url, visit.token), live.totals.faulted)
    st.subheader("Open rooms", anchor=False)
    show_open_rooms(visit)


now()
