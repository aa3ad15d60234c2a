"""Player: what one of them did, day by day and match by match; a click opens the room, a link the replay."""

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core import drill
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.pairs import Pair, ratio
from kibitz_dashboard.core.states import state
from kibitz_dashboard.core.tiles import tile
from kibitz_dashboard.figures.players import moves
from kibitz_dashboard.players.tables import ROWS_MAX, days, matches

CHARS_MAX = 80
page = begin("Player", queries="player", offered={"game", "zone"})
wanted = st.query_params.get("player", "")[:CHARS_MAX]
found = page.ask("player/player", player=wanted)
if found.empty:
    state(
        "No player" if wanted else "Which player?",
        "Nobody of this id took a seat or acted, or it was too long ago."
        if wanted
        else "Open one from Players.",
        icon=":material/person_off:",
    )
    st.page_link(drill.PLAYERS, label="Players", icon=":material/arrow_back:")
    st.stop()
known, who = Pair(found, None), found.iloc[0]
zone, n_matches = page.filters.zone, known["n_matches"]
seen = words.local(found[["first_seen_at", "last_seen_at"]].iloc[0], zone)
st.subheader(words.player(wanted), anchor=False)
st.caption(
    f"{words.plain(wanted)} · first seen {seen.iloc[0]:%Y-%m-%d %H:%M} "
    f"in {words.game(str(who['first_game']))} · "
    f"last active {seen.iloc[1]:%Y-%m-%d %H:%M}, {zone}"
)
page.tiles(
    tile("player_days", known["n_days"], n=None, of="days ever"),
    tile("player_matches", n_matches, n=None, of="that ended"),
    tile("player_won", ratio(known["n_won"], n_matches), n=n_matches, of="matches"),
    tile("player_moves", known["n_moves"], n=None, of="over all games"),
)
active = page.ask("player/days", player=wanted)
nothing = "Nothing of this player is among the newest rows of the mart."
page.chart("Moves per day", moves(active, page.colours) if len(active) else None, empty=nothing)
rows = page.ask("player/matches", player=wanted, row_limit=ROWS_MAX)
page.table(
    "Matches",
    matches(rows, zone, page.visit.settings),
    raw=rows.drop(columns="others"),
    file="player-matches",
    empty="No match of this player is among the newest ones that the mart keeps.",
    note="A click opens the room at that match",
    columns={"Replay": st.column_config.LinkColumn(display_text="Open", width=70)},
    open_row=lambda at: drill.room(str(rows["room_id"].iloc[at]), match=int(rows["match"].iloc[at])),
)
page.table("Days", days(active), raw=active, file="player-days", empty=nothing)
page.define(
    "Matches",
    "of the newest 50,000 seats that the mart keeps; older ones are in the journal and its archive.",
)
page.define("Won", "of all that ended, those left without an end included.")
page.end()
