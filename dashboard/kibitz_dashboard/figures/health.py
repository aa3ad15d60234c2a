"""Figures of the ETL itself."""

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.figures.frame import finish
from kibitz_dashboard.palette import Palette


def run_times(rows: pd.DataFrame, zone: str, colours: Palette) -> go.Figure:
    """Each run by when it began: how long it took; failed ones in the colour of trouble."""
    figure = go.Figure()
    for state, name, colour, symbol in (
        ("done", "Done", colours.accent, "circle"),
        ("failed", "Failed", colours.seats[-1], "x"),
    ):
        part = rows[rows["state"] == state]
        figure.add_scatter(
            x=words.local(part["started_at"], zone),
            y=part["duration_ms"] / 1000,
            name=name,
            mode="markers",
            marker={"color": colour, "size": 7, "symbol": symbol, "opacity": 0.8},
            customdata=[
                (words.duration(ms), words.count(n))
                for ms, n in zip(part["duration_ms"], part["rows_read"], strict=True)
            ],
            hovertemplate="%{x|%a %d %b %H:%M:%S}<br>%{customdata[0]}, %{customdata[1]} rows<extra></extra>",
        )
    figure.update_layout(yaxis_title_text="seconds", xaxis_tickformat="%H:%M\n%d %b")
    return finish(figure, colours, legend=bool((rows["state"] == "failed").any()))
