"""Pages that have nothing to show: each says why, and what will change that."""

import logging

import streamlit as st
from streamlit import Page as StreamlitPage

log = logging.getLogger("kibitz_dashboard")


def state(title: str, text: str, *, icon: str) -> None:
    with st.container(border=True, horizontal_alignment="center", gap="small", key="card-state"):
        st.space("small")
        st.markdown(f"<span style='font-size:40px'>{icon}</span>", unsafe_allow_html=True, width="content")
        st.subheader(title, anchor=False, width="content")
        st.markdown(text, width="content", text_alignment="center")
        st.space("small")


def failed(what: str, error: Exception) -> None:
    """What could not be counted; the reason goes to the log, and the rest of the page ends here."""
    log.error("%s: %s", what, error)
    state(
        "This could not be counted",
        f"`{what}` failed with {type(error).__name__}. The reason is in the dashboard's log.",
        icon=":material/error:",
    )
    st.stop()


def again() -> None:
    """Run the page again every few seconds, for as long as it shows this state."""

    @st.fragment(run_every=5)
    def retry() -> None:
        if st.session_state.get("retried"):
            st.session_state["retried"] = False
            st.rerun()
        st.session_state["retried"] = True

    retry()


def run(page: StreamlitPage) -> None:
    """Run a page; whatever it did not foresee becomes a state with a word in the log, never a traceback."""
    try:
        page.run()
    except Exception as error:
        log.exception("page %s", page.title)
        state(
            "This page failed",
            f"{type(error).__name__}. It is written down in the dashboard's log; other pages go on.",
            icon=":material/error:",
        )
