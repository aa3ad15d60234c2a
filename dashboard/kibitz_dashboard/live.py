"""What the server has in memory now, from its admin REST.

Kept for two seconds, so that many viewers cost one call.
"""

import streamlit as st

from kibitz_dashboard.server_api import Live, ServerApi, ServerError


def live_rooms(server_url: str, token: str) -> Live | str:
    """The server's live state, or a sentence that says why there is none."""
    try:
        return _live(server_url, token)
    except ServerError as error:
        return str(error) or "The server did not say what is live."


@st.cache_data(ttl=2, max_entries=20, show_spinner=False)
def _live(server_url: str, token: str) -> Live:
    return ServerApi(server_url).live(token)
