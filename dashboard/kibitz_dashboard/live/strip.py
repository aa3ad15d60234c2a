"""The line that says what is going on at this moment, from the server itself."""

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.start import Visit
from kibitz_dashboard.server.answers import Live
from kibitz_dashboard.server.live import live_counts


def show_live(visit: Visit) -> None:
    live = live_counts(visit.settings.server_url, visit.token)
    with st.container(border=True, key="card-live"):
        if isinstance(live, str):
            st.markdown(f":material/cloud_off: **Now: {words.NOTHING}** · {live}")
        else:
            st.markdown(sentence(live))


def sentence(live: Live) -> str:
    n = live.totals
    said = (
        f":green[:material/radio_button_checked:] **Now: {n.open:,} open rooms** · "
        f"{n.playing:,} playing, {n.waiting:,} waiting · **{live.players_connected:,} connected** "
        f"({live.connections.websocket:,} by websocket, {live.connections.polling:,} by polling)"
    )
    if n.paused:
        said += f" · {n.paused:,} paused"
    if n.faulted:
        said += f" · :red[**{n.faulted:,} faulted**]"
    if live.server_version:
        said += f" · Kibitz {live.server_version}"
    return said + (" · :orange[shutting down]" if live.draining else "")
