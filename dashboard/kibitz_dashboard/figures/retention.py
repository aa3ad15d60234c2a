"""Retention: the cohorts as a matrix, and all of them together as a curve."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.figures.frame import drawn, faint
from kibitz_dashboard.palette import Palette, mixed
from kibitz_dashboard.wilson import N_MIN, said, wilson

Cell = dict[str, Any]
DAYS = (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 45, 60, 90)
"""The columns of the matrix."""
BRACKETS = {7: "1–7", 14: "8–14", 30: "15–30"}


def day_name(day: int, *, is_bracket: bool) -> str:
    return BRACKETS.get(day, str(day)) if is_bracket else str(day)


def matrix(rows: pd.DataFrame, colours: Palette, *, is_bracket: bool) -> go.Figure:
    """`rows`: cohort_at, day_n, n_cohort, n_retained; only closed cells. The others stay empty."""
    wanted = BRACKETS if is_bracket else DAYS
    days = [day for day in wanted if (rows["day_n"] == day).any()]
    cohorts = sorted(rows["cohort_at"].unique(), reverse=True)
    cells = {
        (at, day): (int(n), int(back))
        for at, day, n, back in zip(
            rows["cohort_at"], rows["day_n"], rows["n_cohort"], rows["n_retained"], strict=True
        )
    }
    shares = [back / n for (_, day), (n, back) in cells.items() if n >= N_MIN and (day > 0 or is_bracket)]
    grid = [[cells.get((pd.Timestamp(at), day)) for day in days] for at in cohorts]
    sure = [[cell if cell and cell[0] >= N_MIN else None for cell in line] for line in grid]
    few = [[cell if cell and cell[0] < N_MIN else None for cell in line] for line in grid]
    names = [f"{pd.Timestamp(at):%d %b %Y}" for at in cohorts]
    sizes = {at: max(n for (when, _), (n, _) in cells.items() if when == pd.Timestamp(at)) for at in cohorts}
    y = [f"{name} · n {sizes[at]:,}" for name, at in zip(names, cohorts, strict=True)]
    x = [day_name(day, is_bracket=is_bracket) for day in days]
    top = max([0.05, *shares])
    traces = [
        _heat(sure, x, y, [[0.0, colours.surface], [1.0, mixed(colours.accent, colours.surface, 0.25)]], top)
        | {"textfont": {"size": 12}},
        _heat(few, x, y, [[0.0, faint(colours.muted, 0.1)], [1.0, faint(colours.muted, 0.1)]], top)
        | {"textfont": {"size": 12, "color": colours.muted}},
    ]
    layout = {
        "xaxis": {"type": "category", "side": "top", "title": {"text": "day after the first"}, "ticks": ""},
        "yaxis": {"type": "category"},
        "margin": {"t": 44},
    }
    return drawn(traces, layout, colours, height=max(220, 74 + 26 * len(cohorts)), categories=True)


def _heat(
    grid: Sequence[Sequence[tuple[int, int] | None]],
    x: list[str],
    y: list[str],
    colours: list[list[Any]],
    top: float,
) -> Cell:
    def each(say: Any) -> list[list[Any]]:
        return [[None if cell is None else say(*cell) for cell in line] for line in grid]

    return {
        "type": "heatmap",
        "x": x,
        "y": y,
        "z": each(lambda n, back: back / n),
        "text": [[cell or "" for cell in line] for line in each(lambda n, back: f"{100 * back / n:.0f} %")],
        "texttemplate": "%{text}",
        "customdata": each(lambda n, back: f"{back:,} of {n:,}, 95 %: {said(back, n)}"),
        "hovertemplate": "%{y}<br>day %{x}: %{customdata}<extra></extra>",
        "hoverongaps": False,
        "colorscale": colours,
        "zmin": 0,
        "zmax": top,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }


def curve(rows: pd.DataFrame, colours: Palette, *, is_bracket: bool) -> go.Figure:
    """`rows`: day_n, n_cohort, n_retained of all cohorts together, with Wilson's interval as a band."""
    rows = rows[(rows["day_n"] > 0) & (rows["n_cohort"] >= N_MIN)]
    bounds = [wilson(k, n) for k, n in zip(rows["n_retained"], rows["n_cohort"], strict=True)]
    shares = (rows["n_retained"] / rows["n_cohort"]).tolist()
    x = [day_name(int(day), is_bracket=is_bracket) if is_bracket else int(day) for day in rows["day_n"]]
    hover = [
        f"{words.percent(k / n)}, 95 %: {said(k, n)}<br>{k:,} of {n:,}"
        for k, n in zip(rows["n_retained"], rows["n_cohort"], strict=True)
    ]
    share: Cell = {
        "x": x,
        "y": shares,
        "customdata": hover,
        "hovertemplate": "day %{x}<br>%{customdata}<extra></extra>",
    }
    layout = {
        "xaxis": {"title": {"text": "day after the first"}, "type": "category" if is_bracket else "linear"},
        "yaxis": {"tickformat": ",.0%"},
    }
    if is_bracket:
        above = {
            "type": "data",
            "symmetric": False,
            "array": [high - share for (_, high), share in zip(bounds, shares, strict=True)],
            "arrayminus": [share - low for (low, _), share in zip(bounds, shares, strict=True)],
            "color": colours.ink,
        }
        bars = share | {"type": "bar", "marker": {"color": colours.accent}, "error_y": above, "width": 0.5}
        return drawn([bars], layout, colours)
    edge: Cell = {"type": "scatter", "x": x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    traces = [
        edge | {"y": [low for low, _ in bounds]},
        edge
        | {"y": [high for _, high in bounds], "fill": "tonexty", "fillcolor": faint(colours.accent, 0.2)},
        share | {"type": "scatter", "mode": "lines+markers", "line": {"color": colours.accent, "width": 2}},
    ]
    return drawn(traces, layout, colours)
