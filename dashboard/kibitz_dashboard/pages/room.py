"""Room: one room from its first event to its newest, move by move."""

import streamlit as st

from kibitz_dashboard.audit_table import show_room_audit
from kibitz_dashboard.core.cards import downloads
from kibitz_dashboard.core.explain import how_counted
from kibitz_dashboard.core.periods import Window
from kibitz_dashboard.core.roles import Role
from kibitz_dashboard.core.start import enter, with_mart
from kibitz_dashboard.core.states import state
from kibitz_dashboard.room.history import show_history
from kibitz_dashboard.room.journal import EVENTS_MAX, JournalError, matches, room_events
from kibitz_dashboard.room.now import show_now
from kibitz_dashboard.room.place import place
from kibitz_dashboard.room.view import DEFINITIONS, event_table, names_of, show_facts, show_match

visit = enter("Room", Role.ANALYST)
mart = with_mart(visit)
st.page_link("pages/rooms.py", label="All rooms", icon=":material/arrow_back:")
room_id = st.query_params.get("room", "")[:64]
try:
    events = room_events(visit.settings.journal, room_id) if room_id else []
except JournalError as error:
    state("The journal cannot be read", str(error), icon=":material/database_off:")
    st.stop()
if not events:
    state(
        "No such room",
        "The link names no room of this journal; the list of rooms has them all.",
        icon=":material/search_off:",
    )
    st.stop()

asked = place(st.query_params)
names = names_of(visit, room_id)
show_facts(visit, room_id, events, names)
detail = show_now(visit, room_id, events, names)
played = matches(events)
if not played:
    st.info("No match has started in this room yet.", icon=":material/hourglass:")
else:
    numbers = sorted(played)
    match = asked.match if asked.match in played else numbers[-1]
    if len(numbers) > 1:
        match = st.segmented_control(
            "Match",
            numbers,
            default=match,
            required=True,
            key="match",
            format_func=lambda n: f"Match {n}",
        )
    show_match(visit, room_id, played[match or numbers[-1]], names, asked.version)

show_history(visit, room_id, events, None if detail is None else detail.room.status)
if visit.may(Role.ADMIN):
    show_room_audit(visit, room_id)
with st.expander(
    f"Everything that happened: {len(events):,} events", icon=":material/history:", expanded=not played
):
    table = event_table(events, names)
    st.dataframe(table, hide_index=True, height=min(527, 37 + 35 * len(table)), row_height=35)
    if len(events) == EVENTS_MAX:
        st.caption(f"The first {EVENTS_MAX:,} events of the room.")
    downloads(table, f"room-{room_id}")
if mart is not None:
    naive = [event.at.replace(tzinfo=None) for event in events]
    how_counted(
        mart,
        None,
        DEFINITIONS,
        (),
        period=Window(naive[0], naive[-1]).label,
        zone="UTC",
        now=visit.now,
    )
