"""How far people came: each step as a bar, with its share of the step before."""

from collections.abc import Sequence

import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.figures.frame import drawn
from kibitz_dashboard.palette import Palette, mixed


def funnel(steps: Sequence[tuple[str, float]], colours: Palette) -> go.Figure:
    """`steps`: name and how many came so far, the widest first."""
    names = [name for name, _ in steps]
    values = [value for _, value in steps]
    shares = [
        "" if n == 0 or not values[n - 1] else words.percent(value / values[n - 1])
        for n, value in enumerate(values)
    ]
    fade = [0.55 * n / max(1, len(steps) - 1) for n in range(len(steps))]
    bar = {
        "type": "bar",
        "x": values,
        "y": names,
        "orientation": "h",
        "marker": {"color": [mixed(colours.accent, colours.surface, share) for share in fade]},
        "text": [
            f"{words.count(value)}{f'  ·  {share}' if share else ''}"
            for value, share in zip(values, shares, strict=True)
        ],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"color": colours.ink, "size": 13},
        "hovertemplate": "%{y}: %{x:,}<extra></extra>",
    }
    # room at the right for the words behind the longest bar
    axis = {"range": [0, max([1.0, *values]) * 1.4], "visible": False}
    return drawn([bar], {"xaxis": axis, "bargap": 0.35}, colours, height=260, categories=True)
