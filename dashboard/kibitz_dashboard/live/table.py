"""The open rooms as people read them, asked for page by page."""

import pandas as pd
import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.start import Visit
from kibitz_dashboard.rooms.table import STATUS, players_of
from kibitz_dashboard.server.answers import Live, LiveRoom
from kibitz_dashboard.server.live import live_page

ROOMS_SHOWN = 50
STATUSES = ("", "playing", "waiting", "paused", "finished", "faulted")


def show_open_rooms(visit: Visit) -> None:
    """Filters, one page of rooms, and the way to the next."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        status = st.selectbox(
            "Status",
            STATUSES,
            format_func=lambda each: STATUS.get(each, each) if each else "Any",
            key="live-status",
        )
        game = st.text_input("Game", max_chars=64, key="live-game", placeholder="any, like liars-dice")
        named = st.text_input("Room", max_chars=64, key="live-room", placeholder="its id or join code")
    asked = (status, game.strip(), named.strip())
    if st.session_state.get("live-asked") != asked:
        st.session_state["live-asked"] = asked
        st.session_state["live-after"] = None  # another question begins at its first page
    after = st.session_state["live-after"]
    live = live_page(
        visit.settings.server_url,
        visit.token,
        status=asked[0],
        game=asked[1],
        rooms=asked[2],
        after=after,
        limit=ROOMS_SHOWN,
    )
    if isinstance(live, str):
        st.warning(f"The open rooms are not known: {live}", icon=":material/cloud_off:")
        return
    _show_page(live)
    with st.container(horizontal=True):
        if after is not None:
            st.button("Newest", icon=":material/first_page:", on_click=_turn, args=(None,), key="live-newest")
        if live.next is not None:
            st.button(
                "Older", icon=":material/chevron_right:", on_click=_turn, args=(live.next,), key="live-older"
            )


def _show_page(live: Live) -> None:
    if not live.rooms:
        st.info("No open room fits.", icon=":material/search_off:")
        return
    chosen = st.dataframe(
        live_frame(live.rooms),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        height=min(632, 37 + 35 * len(live.rooms)),
        row_height=35,
        key="live_table",
    )
    if chosen.selection.cells:
        room = live.rooms[chosen.selection.cells[0][0]]
        st.switch_page("pages/room.py", query_params={"room": room.room_id})


def _turn(to: int | None) -> None:
    st.session_state["live-after"] = to


def live_frame(rooms: list[LiveRoom]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Room": [room.room_id[:8] for room in rooms],
            "Code": [room.code or words.NOTHING for room in rooms],
            "Status": [STATUS.get(room.status, room.status) for room in rooms],
            "Game": [words.game(room.game) for room in rooms],
            "Players": [players_of(room.seats) for room in rooms],
            "Connected": [_connected(room) for room in rooms],
            "Watching": [room.spectators for room in rooms],
            "Match": [room.match or 0 for room in rooms],
            "Version": [room.version for room in rooms],
            "Last event (UTC)": [words.moment(room.last_event_at_ms).removesuffix(" UTC") for room in rooms],
        }
    )


def _connected(room: LiveRoom) -> str:
    taken = [seat for seat in room.seats if seat.player]
    return f"{sum(seat.status == 'connected' for seat in taken)} of {len(taken)}"
