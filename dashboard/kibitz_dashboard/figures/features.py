"""Figures of features: taken up, come back to, and used day by day."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.figures.frame import drawn
from kibitz_dashboard.figures.lines import Line, lines
from kibitz_dashboard.palette import Palette

LINES_MAX = 6


def taken_up(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """`rows`: name, adoption, stickiness: two dots for each feature."""
    names = [words.column(name) for name in rows["name"]]
    dots: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [None if pd.isna(share) else float(share) for share in rows[column]],
            "y": names,
            "name": label,
            "marker": {"color": colour, "size": 11, "symbol": symbol},
            "hovertemplate": "%{y}<br>" + label.lower() + " %{x:.1%}<extra></extra>",
        }
        for column, label, colour, symbol in (
            ("adoption", "Adoption", colours.accent, "circle"),
            ("stickiness", "Stickiness", colours.muted, "diamond"),
        )
    ]
    layout = {
        "xaxis": {"tickformat": ",.0%", "rangemode": "tozero", "showgrid": True, "gridcolor": colours.rule},
    }
    return drawn(dots, layout, colours, legend=True, height=90 + 27 * len(names), categories=True)


def by_day(rows: pd.DataFrame, colours: Palette, names: list[str]) -> go.Figure:
    """`rows`: at, name, n_users: the users of each day, of the features named (at most `LINES_MAX`)."""
    days = pd.date_range(rows["at"].min(), rows["at"].max(), freq="D")
    wide = rows.pivot(index="at", columns="name", values="n_users").reindex(days).fillna(0).rename_axis("at")
    chosen = [name for name in names if name in wide.columns][:LINES_MAX]
    series = [Line(name, words.column(name), colours.seats[n]) for n, name in enumerate(chosen)]
    return lines(wide.reset_index(), colours, series, step="day", title="people", height=300)
