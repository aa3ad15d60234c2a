"""Figures of matches: when they ended and how, how long they took, and their moves."""

from math import ceil
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.core.pairs import Pair
from kibitz_dashboard.figures.durations import took
from kibitz_dashboard.figures.frame import drawn, finish, step_ms, time_axis, times, when
from kibitz_dashboard.palette import Palette

COLUMNS_MAX = 60
"""Of a histogram of whole numbers."""


def activity(rows: pd.DataFrame, colours: Palette, *, step: str) -> go.Figure:
    """Matches that ended in each hour or day, with the abandoned ones on top of the finished."""
    width = step_ms(step)
    bars = [
        {
            "type": "bar",
            "x": times(rows["at"]),
            "y": rows[column].tolist(),
            "name": name,
            "marker": {"color": colour},
            "width": width * 0.82,
            # a bar covers its hour or day, it does not sit astride its beginning
            "offset": width * 0.09,
            "hovertemplate": when(step) + "<br>%{y:,} " + name.lower() + "<extra></extra>",
        }
        for column, name, colour in (
            ("n_finished", "Finished", colours.accent),
            ("n_abandoned", "Abandoned", colours.muted),
        )
    ]
    layout = {
        "barmode": "stack",
        "xaxis": time_axis(rows["at"], step=step),
        "yaxis": {"title": {"text": "matches"}},
    }
    return drawn(bars, layout, colours, legend=bool(rows["n_abandoned"].sum()))


def outcomes(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """How matches ended, split by the seat that won: seats have the players' colours and shapes."""
    order = rows.groupby("outcome_kind")["n_matches"].sum().sort_values(ascending=False).index
    total = int(rows["n_matches"].sum())
    bars = []
    for seat in sorted(rows["winner_seat"].dropna().unique()):
        part = rows[rows["winner_seat"] == seat].set_index("outcome_kind")["n_matches"].reindex(order)
        colour = colours.seats[int(seat) % len(colours.seats)]
        bars.append(_outcome_bar(part, f"{words.seat(int(seat))} won", colour, total))
    undecided = rows[rows["winner_seat"].isna()].set_index("outcome_kind")["n_matches"].reindex(order)
    if undecided.notna().any():
        bars.append(_outcome_bar(undecided, "Nobody won", colours.muted, total))
    layout = {
        "barmode": "stack",
        "xaxis": {"title": {"text": "matches"}, "tickformat": ",~d"},
        "yaxis": {"categoryorder": "array", "categoryarray": [words.outcome(kind) for kind in order]},
    }
    height = max(220, 90 + 30 * len(order))
    return drawn(bars, layout, colours, legend=True, height=height, categories=True)


def _outcome_bar(part: "pd.Series[int]", name: str, colour: str, total: int) -> dict[str, Any]:
    part = part.dropna()
    return {
        "type": "bar",
        "y": [words.outcome(kind) for kind in part.index],
        "x": [int(n) for n in part],
        "name": name,
        "orientation": "h",
        "marker": {"color": colour},
        "customdata": [words.percent(n / total) for n in part],
        "hovertemplate": "%{y}<br>" + name + ": %{x:,} (%{customdata})<extra></extra>",
    }


def moves_per_match(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """How many moves matches took; where they differ much, several numbers share a column."""
    width = max(1, ceil((rows["n_moves"].max() + 1) / COLUMNS_MAX))
    n_matches = rows.groupby(rows["n_moves"] // width)["n_matches"].sum()
    lows = [int(low) * width for low in n_matches.index]
    bar = {
        "type": "bar",
        "x": [low + (width - 1) / 2 for low in lows],
        "y": n_matches.tolist(),
        "width": width * 0.88,
        "marker": {"color": colours.accent},
        "customdata": [f"{low} to {low + width - 1}" if width > 1 else str(low) for low in lows],
        "hovertemplate": "%{customdata} moves<br>%{y:,} matches<extra></extra>",
    }
    axes = {"xaxis": {"title": {"text": "moves in a match"}}, "yaxis": {"title": {"text": "matches"}}}
    return drawn([bar], axes, colours)


def think_times(ply: list[int], think_ms: list[int], seats: list[int | None], colours: Palette) -> go.Figure:
    """How long each move of one match took, in the colour of its seat."""
    figure = go.Figure()
    for seat in sorted({seat for seat in seats if seat is not None}):
        mine = [(p, ms) for p, ms, s in zip(ply, think_ms, seats, strict=True) if s == seat]
        figure.add_bar(
            x=[p for p, _ in mine],
            y=[ms / 1000 for _, ms in mine],
            name=words.seat(seat),
            marker_color=colours.seats[seat % len(colours.seats)],
            customdata=[words.duration(ms) for _, ms in mine],
            hovertemplate="move %{x}<br>%{customdata}<extra></extra>",
        )
    figure.update_layout(xaxis_title_text="move", yaxis_title_text="seconds", bargap=0.2)
    return finish(figure, colours, legend=True, height=220)


def durations(rows: pd.DataFrame, colours: Palette, lasted: Pair) -> go.Figure:
    """How long matches took, with median and p95 drawn in."""
    marks = {"median": lasted["p50_ms"].now, "p95": lasted["p95_ms"].now}
    return took(rows, colours, n="n_matches", things="matches", title="from start to outcome", marks=marks)
