"""Gameplay: how people think and act, where matches are left and by whom, and how fair the seats are."""

import streamlit as st

from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.pairs import Both, ratio
from kibitz_dashboard.core.tiles import tile
from kibitz_dashboard.figures import gameplay as figures
from kibitz_dashboard.gameplay.tables import DEFINITIONS, actions, seats, seats_shown

page = begin("Gameplay", queries="gameplay", offered={"period", "compare", "game", "bots"})
colours, gone, here = page.colours, page.rooms(outcome="abandoned"), page.rooms()
thought, done = page.both("gameplay/thought"), page.both("gameplay/actions")
ended = page.both("overview/matches")
n, n_all, n_ended = done["n_actions"], done["n_all"], ended["n_ended"]
hundreds = ratio(n_all, Both(100, 100))
page.tiles(
    tile("think_p50", thought["p50_ms"], n=thought["n"], of="actions of people", link=here),
    tile("think_p95", thought["p95_ms"], n=thought["n"], of="actions of people", link=here),
    tile("handled_mean", ratio(done["handled_us"], n), n=n, of="actions", link=here),
    tile("abandoned", ratio(ended["n_abandoned"], n_ended), n=n_ended, of="matches ended", link=gone),
    tile("refused_share", ratio(done["n_refused"], hundreds), n=n_all, of="actions of all games", link=here),
    tile("conflicts", done["n_conflicts"], n=n_all, of="actions of all games", link=here),
    columns=3,
)
thinking, acted = page.ask("gameplay/thinking"), page.ask("gameplay/by_action")
page.chart(
    "How long people think",
    figures.thinking(thinking, colours) if len(thinking) else None,
    empty="No clock ran for a person in this period.",
    note="By phase and action, from the median to the 95th of 100",
    link=here,
)
shown = actions(acted, thinking)
page.table("Actions", shown, raw=acted, file="actions", empty="Nobody acted in this period.")
one, other = st.columns(2)
with one:
    rows = page.ask("gameplay/phases")
    page.chart(
        "How long phases last",
        figures.phases(rows, colours) if rows["mean_ms"].notna().any() else None,
        empty="No phase ended in this period.",
        note="Mean; what nobody ends lasts until its room closes",
        link=here,
    )
with other:
    rows = page.ask("gameplay/left")
    page.chart(
        "Where matches are left",
        figures.left(rows, colours) if len(rows) else None,
        empty="No match was left in this period.",
        note="By phase, and who left last",
        drill=lambda point: gone,
        link=gone,
    )
fair = seats(page.ask("gameplay/seats"))
which = "with bots, seats of people" if page.filters.bots == "with" else "without bots"
nobody = f"No match {which} was decided in this period."
page.chart(
    "Are the seats fair?",
    figures.fairness(fair, colours) if len(fair) else None,
    empty=nobody,
    note=f"Matches {which}; orange where the fair share lies outside the interval, grey where few",
    link=page.rooms(bots="with" if page.filters.bots == "with" else "without"),
)
page.table("Seats", seats_shown(fair), raw=fair, file="seats", empty=nobody)
rows = page.ask("gameplay/refusals")
page.chart(
    "Refused, and met by another version",
    figures.refusals(rows, colours) if len(rows) else None,
    empty="Nothing was refused in this period.",
    note="All games",
    link=here,
)
for name, text in DEFINITIONS.items():
    page.define(name, text)
page.end()
