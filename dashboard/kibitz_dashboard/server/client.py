"""The build of the players' client that the server gives out, as the server tells it."""

import streamlit as st

from kibitz_dashboard.server.answers import ClientBuild
from kibitz_dashboard.server.api import ServerApi, ServerError


def client_build(server_url: str) -> ClientBuild | str:
    """Its parts and their limits, or a sentence that says why they are not known."""
    try:
        return _build(server_url)
    except ServerError as error:
        return str(error) or "The server did not say what its client weighs."


@st.cache_data(ttl=60, max_entries=4, show_spinner=False)
def _build(server_url: str) -> ClientBuild:
    return ServerApi(server_url).client()
