"""Audit: who did what, and when."""

import streamlit as st

from kibitz_dashboard.audit_table import CHOICES, LINES_SHOWN, said, show_lines
from kibitz_dashboard.core.start import enter
from kibitz_dashboard.core.states import state
from kibitz_dashboard.server.api import ServerApi, ServerError

visit = enter("Audit")
st.caption(
    "What admins did, and who tried to be one; newest first. A command is written down before it is carried "
    "out: one that was refused has a second line above it that says so."
)
with st.container(horizontal=True, vertical_alignment="bottom"):
    who = st.text_input("Who", max_chars=64, key="audit-who", placeholder="anybody")
    action = st.selectbox(
        "What", CHOICES, format_func=lambda each: said(each) if each else "Anything", key="audit-what"
    )
    room = st.text_input("Room", max_chars=64, key="audit-room", placeholder="any, by its id")
asked = (who.strip(), action, room.strip())
if st.session_state.get("audit-asked") != asked:
    st.session_state["audit-asked"] = asked
    st.session_state["audit-before"] = None  # another question begins at its first page
before = st.session_state["audit-before"]
try:
    page = ServerApi(visit.settings.server_url).audit(
        visit.token, before=before, actor=asked[0], action=asked[1], subject=asked[2], limit=LINES_SHOWN
    )
except ServerError as error:
    state("The log cannot be read", str(error), icon=":material/cloud_off:")
    st.stop()


def turn(to: int | None) -> None:
    st.session_state["audit-before"] = to


if page.entries:
    show_lines(page.entries, key="audit")
elif page.next is None:
    st.info("Nothing in the log fits.", icon=":material/search_off:")
else:
    st.info("Nothing here fits; older entries may.", icon=":material/search_off:")
with st.container(horizontal=True):
    if before is not None:
        st.button("Newest", icon=":material/first_page:", on_click=turn, args=(None,), key="audit-newest")
    if page.next is not None:
        st.button(
            "Older", icon=":material/chevron_right:", on_click=turn, args=(page.next,), key="audit-older"
        )
