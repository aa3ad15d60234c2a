"""Figures of matches: when they ended and how, how long they took, and their moves."""

from math import ceil

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.core.pairs import Pair
from kibitz_dashboard.figures.durations import took
from kibitz_dashboard.figures.frame import (
    faint,
    finish,
    over_time,
    step_ms,
    when,
)
from kibitz_dashboard.palette import Palette

COLUMNS_MAX = 60
"""Of a histogram of whole numbers."""


def activity(rows: pd.DataFrame, colours: Palette, *, step: str) -> go.Figure:
    """Matches that ended in each hour or day, with the abandoned ones on top of the finished."""
    width = step_ms(step)
    figure = go.Figure()
    for column, name, colour in (
        ("n_finished", "Finished", colours.accent),
        ("n_abandoned", "Abandoned", colours.muted),
    ):
        figure.add_bar(
            x=rows["at"],
            y=rows[column],
            name=name,
            marker_color=colour,
            width=width * 0.82,
            # a bar covers its hour or day, it does not sit astride its beginning
            offset=width * 0.09,
            hovertemplate=when(step) + "<br>%{y:,} " + name.lower() + "<extra></extra>",
        )
    figure.update_layout(barmode="stack", yaxis_title_text="matches")
    over_time(figure, rows["at"], step=step)
    return finish(figure, colours, legend=bool(rows["n_abandoned"].sum()))


def players(rows: pd.DataFrame, colours: Palette, *, step: str) -> go.Figure:
    """Different people active in each hour or day."""
    figure = go.Figure(
        go.Scatter(
            x=rows["at"],
            y=rows["n_people"],
            mode="lines+markers" if len(rows) < 40 else "lines",
            line={"color": colours.accent, "width": 2, "shape": "linear"},
            marker={"size": 5},
            fill="tozeroy",
            fillcolor=faint(colours.accent),
            hovertemplate=when(step) + "<br>%{y:,} people<extra></extra>",
        )
    )
    figure.update_layout(yaxis_title_text="people")
    over_time(figure, rows["at"], step=step)
    return finish(figure, colours)


def outcomes(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """How matches ended, split by the seat that won: seats have the players' colours and shapes."""
    figure = go.Figure()
    order = rows.groupby("outcome_kind")["n_matches"].sum().sort_values(ascending=False).index
    total = int(rows["n_matches"].sum())
    for seat in sorted(rows["winner_seat"].dropna().unique()):
        part = rows[rows["winner_seat"] == seat].set_index("outcome_kind")["n_matches"].reindex(order)
        name = f"{words.seat(int(seat))} won"
        _outcome_bar(figure, part, name, colours.seats[int(seat) % len(colours.seats)], total)
    undecided = rows[rows["winner_seat"].isna()].set_index("outcome_kind")["n_matches"].reindex(order)
    if undecided.notna().any():
        _outcome_bar(figure, undecided, "Nobody won", colours.muted, total)
    figure.update_layout(barmode="stack", xaxis_title_text="matches", xaxis_tickformat=",~d")
    figure.update_yaxes(categoryorder="array", categoryarray=[words.outcome(kind) for kind in order])
    height = max(220, 90 + 30 * len(order))
    return finish(figure, colours, legend=True, height=height, categories=True)


def _outcome_bar(figure: go.Figure, part: "pd.Series[int]", name: str, colour: str, total: int) -> None:
    part = part.dropna()
    figure.add_bar(
        y=[words.outcome(kind) for kind in part.index],
        x=part.to_numpy(),
        name=name,
        orientation="h",
        marker_color=colour,
        customdata=[words.percent(n / total) for n in part],
        hovertemplate="%{y}<br>" + name + ": %{x:,} (%{customdata})<extra></extra>",
    )


def moves_per_match(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """How many moves matches took; where they differ much, several numbers share a column."""
    width = max(1, ceil((rows["n_moves"].max() + 1) / COLUMNS_MAX))
    n_matches = rows.groupby(rows["n_moves"] // width)["n_matches"].sum()
    lows = n_matches.index * width
    figure = go.Figure(
        go.Bar(
            x=lows + (width - 1) / 2,
            y=n_matches,
            width=width * 0.88,
            marker_color=colours.accent,
            customdata=[f"{low} to {low + width - 1}" if width > 1 else str(low) for low in lows],
            hovertemplate="%{customdata} moves<br>%{y:,} matches<extra></extra>",
        )
    )
    figure.update_layout(xaxis_title_text="moves in a match", yaxis_title_text="matches")
    return finish(figure, colours)


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
