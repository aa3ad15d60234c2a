"""Figures of rooms: how many there were at once, and how long they took to fill."""

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard.core.pairs import Pair
from kibitz_dashboard.figures.durations import took
from kibitz_dashboard.figures.frame import faint, finish, over_time, step_ms, when
from kibitz_dashboard.palette import Palette


def concurrent(rows: pd.DataFrame, colours: Palette, *, step: str) -> go.Figure:
    """The most rooms open, and the most matches going on, at once in each hour or day."""
    figure = go.Figure()
    for column, name, colour, fill in (
        ("rooms_peak", "Open rooms", colours.muted, None),
        ("matches_peak", "Matches going on", colours.accent, "tozeroy"),
    ):
        figure.add_scatter(
            x=rows["at"],
            y=rows[column],
            name=name,
            mode="lines",
            line={"color": colour, "width": 2},
            # a peak is of its whole hour or day: it stands in the middle
            xperiod=step_ms(step),
            xperiodalignment="middle",
            fill=fill,
            fillcolor=faint(colour),
            hovertemplate=when(step) + "<br>%{y:,} " + name.lower() + "<extra></extra>",
        )
    figure.update_layout(yaxis_title_text="most at once")
    over_time(figure, rows["at"], step=step)
    return finish(figure, colours, legend=True)


def fills(rows: pd.DataFrame, colours: Palette, lasted: Pair) -> go.Figure:
    """How long rooms took to fill, with median and p95 drawn in."""
    marks = {"median": lasted["p50_ms"].now, "p95": lasted["p95_ms"].now}
    return took(
        rows, colours, n="n_rooms", things="rooms", title="from its making to its first match", marks=marks
    )
