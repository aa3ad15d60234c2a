"""Figures of the server: how long it takes, and what it uses."""

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard.figures.lines import Line, lines
from kibitz_dashboard.palette import Palette


def percentiles(rows: pd.DataFrame, colours: Palette, *, step: str) -> go.Figure:
    """`rows`: at, p50_ms, p95_ms, p99_ms."""
    series = (
        Line("p99_ms", "p99", colours.seats[1]),
        Line("p95_ms", "p95", colours.muted),
        Line("p50_ms", "Median", colours.accent),
    )
    return lines(rows, colours, series, step=step, unit="duration", height=300)


def processor(rows: pd.DataFrame, colours: Palette, *, step: str) -> go.Figure:
    series = (
        Line("cpu_max", "Highest", colours.muted),
        Line("cpu_avg", "Mean", colours.accent, is_filled=True),
    )
    return lines(rows, colours, series, step=step, unit="decimal", title="% of a core", height=220)


def memory(rows: pd.DataFrame, colours: Palette, *, step: str) -> go.Figure:
    series = (
        Line("rss_max", "Highest", colours.muted),
        Line("rss_avg", "Mean", colours.accent, is_filled=True),
    )
    return lines(rows, colours, series, step=step, unit="bytes", height=220)


def connections(rows: pd.DataFrame, colours: Palette, *, step: str) -> go.Figure:
    series = (
        Line("websocket_max", "Websocket", colours.accent, is_filled=True),
        Line("polling_max", "Polling", colours.muted),
    )
    return lines(rows, colours, series, step=step, title="most", height=220)
