"""The entry file: which pages there are for whom, and nothing else."""

from importlib.resources import files

import streamlit as st

from kibitz_dashboard.core.chrome import account, style
from kibitz_dashboard.core.navigation import pages
from kibitz_dashboard.core.refresh import follow_mart
from kibitz_dashboard.core.roles import current_role
from kibitz_dashboard.core.states import run

brand = files("kibitz_dashboard") / "brand"
st.set_page_config(
    page_title="Kibitz", page_icon=str(brand / "icon.svg"), layout="wide", initial_sidebar_state=216
)
style()
page = st.navigation(pages(current_role()), position="sidebar")
# before the page, which may end the run early: a page without data must notice when there is some
follow_mart()
run(page)
account()
