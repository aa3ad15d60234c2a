"""The week as a grid: how busy each hour of each weekday is on average."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard.figures.frame import drawn
from kibitz_dashboard.palette import Palette, mixed

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def peak_hours(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """`rows`: weekday (1 Monday), hour, rooms_active, people_peak, n_hours."""
    grid = rows.pivot(index="weekday", columns="hour", values="rooms_active").reindex(
        index=range(1, 8), columns=range(24)
    )
    people = rows.pivot(index="weekday", columns="hour", values="people_peak").reindex(
        index=range(1, 8), columns=range(24)
    )
    week = {
        "type": "heatmap",
        "z": _rows(grid),
        "x": list(range(24)),
        "y": list(DAYS),
        "customdata": _rows(people),
        "colorscale": [
            [0.0, mixed(colours.surface, colours.rule, 0.5)],
            [0.5, mixed(colours.surface, colours.accent, 0.5)],
            [1.0, colours.accent],
        ],
        "zmin": 0,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": "%{y} %{x:02d}:00<br>%{z:,.1f} rooms active<br>"
        "%{customdata:,.1f} people at once at its peak<extra></extra>",
        "colorbar": {
            "title": {"text": "rooms", "font": {"size": 12, "color": colours.muted}},
            "thickness": 8,
            "outlinewidth": 0,
            "nticks": 4,
            "tickfont": {"size": 12},
        },
    }
    hours = list(range(0, 24, 3))
    axis = {"tickvals": hours, "ticktext": [f"{hour:02d}:00" for hour in hours], "ticks": ""}
    return drawn([week], {"xaxis": axis}, colours, height=260, categories=True)


def _rows(grid: pd.DataFrame) -> list[list[float | None]]:
    """Without NaN, which JSON does not know."""
    return [[None if pd.isna(value) else float(value) for value in line] for line in grid.to_numpy()]


def cell(point: Mapping[str, Any]) -> dict[str, str]:
    """What narrows to the rooms of a clicked cell: weekday (1 Monday) and hour."""
    try:
        return {"weekday": str(DAYS.index(str(point.get("y"))) + 1), "hour": str(int(point["x"]) % 24)}
    except (ValueError, TypeError, KeyError):
        return {}
