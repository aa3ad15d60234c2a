"""The entry file: what the pages are called, and nothing else."""

from importlib.resources import files

import streamlit as st

from kibitz_dashboard.core.chrome import account, style
from kibitz_dashboard.core.refresh import follow_mart

brand = files("kibitz_dashboard") / "brand"
st.set_page_config(page_title="Kibitz", page_icon=str(brand / "icon.svg"), layout="wide")
style()
page = st.navigation(
    [
        st.Page("pages/overview.py", title="Overview", icon=":material/monitoring:", default=True),
        st.Page("pages/live.py", title="Live", icon=":material/sensors:", url_path="live"),
        st.Page("pages/rooms.py", title="Rooms", icon=":material/meeting_room:", url_path="rooms"),
        st.Page("pages/audit.py", title="Audit", icon=":material/policy:", url_path="audit"),
        st.Page("pages/room.py", title="Room", url_path="room", visibility="hidden"),
    ],
    position="top",
)
# before the page, which may end the run early: a page without data must notice when there is some
follow_mart()
page.run()
account()
