"""Rooms: every room of a period, open or closed; a click opens it."""

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.explain import how_counted
from kibitz_dashboard.core.export import to_csv
from kibitz_dashboard.core.filters import choose
from kibitz_dashboard.core.frames import first, frame
from kibitz_dashboard.core.periods import windows
from kibitz_dashboard.core.start import start
from kibitz_dashboard.live.strip import show_live
from kibitz_dashboard.rooms.table import COLUMNS, DEFINITIONS, ROWS_MAX, as_shown
from kibitz_dashboard.server.live import live_named

visit = start("Rooms")
show_live(visit)
filters = choose(visit.mart, with_status=True)
window, _ = windows(filters.period, visit.now)
bounds = filters.over(window)
counts = frame(visit.mart, "rooms/count", **bounds)
rows = frame(visit.mart, "rooms/rooms", row_limit=ROWS_MAX, **bounds)

n = {name: words.count(first(counts, name)) for name in counts.columns}
st.markdown(
    f"**{n['n_rooms']} rooms** with something going on in these {filters.period.label}: "
    f"{n['n_playing']} playing, {n['n_waiting']} waiting, {n['n_between_matches']} between matches, "
    f"{n['n_closed']} closed · {n['n_moves']} moves"
)
if rows.empty:
    st.info(
        "No room fits these filters. A longer period, or fewer filters, may show some.",
        icon=":material/search_off:",
    )
else:
    open_rooms = rows["room_id"][rows["status"] != "closed"]
    live = live_named(visit.settings.server_url, visit.token, open_rooms)
    chosen = st.dataframe(
        as_shown(rows, live),
        hide_index=True,
        column_config=COLUMNS,
        on_select="rerun",
        selection_mode="single-cell",
        height=min(632, 37 + 35 * len(rows)),
        row_height=35,
        key="rooms_table",
    )
    if len(rows) == ROWS_MAX:
        st.caption(f"The {ROWS_MAX:,} rooms that changed last; narrow the filters to see others.")
    st.download_button(
        "Download as CSV",
        data=lambda: to_csv(rows),
        file_name=f"kibitz-rooms-{filters.period}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    if chosen.selection.cells:
        room_id = rows["room_id"].iloc[chosen.selection.cells[0][0]]
        st.switch_page("pages/room.py", query_params={"room": room_id})
how_counted(visit.mart, DEFINITIONS, ("rooms/count", "rooms/rooms"), window)
