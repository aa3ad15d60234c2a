"""The line that says what is going on at this moment, from the server itself."""

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.live import live_rooms
from kibitz_dashboard.server_api import Live
from kibitz_dashboard.start import Visit


def show_live(visit: Visit) -> None:
    live = live_rooms(visit.settings.server_url, visit.token)
    with st.container(border=True, key="card-live"):
        if isinstance(live, str):
            st.markdown(f":material/cloud_off: **Now: {words.NOTHING}** · {live}")
        else:
            st.markdown(sentence(live))


def sentence(live: Live) -> str:
    playing = sum(room.status == "playing" for room in live.rooms)
    waiting = sum(room.status == "waiting" for room in live.rooms)
    said = (
        f":green[:material/radio_button_checked:] **Now: {len(live.rooms):,} open rooms** · "
        f"{playing:,} playing, {waiting:,} waiting · **{live.players_connected:,} connected** "
        f"({live.connections.websocket:,} by websocket, {live.connections.polling:,} by polling)"
    )
    if live.server_version:
        said += f" · Kibitz {live.server_version}"
    return said + (" · :orange[shutting down]" if live.draining else "")
