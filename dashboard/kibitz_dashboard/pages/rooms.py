"""Rooms: how many there were, how they filled and ended, and every one of a period; a click opens it."""

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core import drill
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.live.strip import show_live
from kibitz_dashboard.rooms.narrow import choose_status, narrowed
from kibitz_dashboard.rooms.table import COLUMNS, DEFINITIONS, ROWS_MAX, as_shown
from kibitz_dashboard.server.live import live_named

page = begin("Rooms", queries="rooms")
show_live(page.visit)
narrow = narrowed(st.query_params)
status = choose_status()
if narrow.said():
    st.info("Only rooms " + ", ".join(narrow.said()) + ".", icon=":material/filter_alt:")
counts = page.both("rooms/count", status=status, **narrow.parameters())
rows = page.ask("rooms/rooms", row_limit=ROWS_MAX, status=status, **narrow.parameters())
n = {
    name: words.count(counts[name].now)
    for name in ("n_rooms", "n_playing", "n_waiting", "n_between_matches", "n_closed", "n_moves")
}
st.markdown(
    f"**{n['n_rooms']} rooms** with something going on in {page.window.label}: "
    f"{n['n_playing']} playing, {n['n_waiting']} waiting, {n['n_between_matches']} between matches, "
    f"{n['n_closed']} closed · {n['n_moves']} moves"
)
is_open = rows["status"] != "closed"
live = live_named(page.visit.settings.server_url, page.visit.token, rows["room_id"][is_open])
page.table(
    "Rooms",
    as_shown(rows, live),
    raw=rows,
    file="rooms",
    empty="No room fits these filters. A longer period, or fewer filters, may show some.",
    note=f"The {ROWS_MAX:,} that changed last; narrow the filters to see others."
    if len(rows) == ROWS_MAX
    else "",
    columns=COLUMNS,
    open_row=lambda position: drill.room(str(rows["room_id"].iloc[position])),
)
for name, text in DEFINITIONS.items():
    page.define(name, text)
page.end()
