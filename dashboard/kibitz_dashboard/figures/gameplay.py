"""Figures of play itself: thinking, phases, who left, how fair the seats are, what was refused."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.figures.frame import drawn, duration_label
from kibitz_dashboard.palette import Palette
from kibitz_dashboard.wilson import N_MIN, said

_TICKS_MS = [
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    60_000,
    300_000,
    1_200_000,
    3_600_000,
    36_000_000,
]


def name_of(game: str, *parts: str, is_one_game: bool) -> str:
    """`Liars Dice · bidding · bid`; without the game where there is only one."""
    said = [part.replace("_", " ") for part in parts if part]
    return " · ".join(said if is_one_game and said else [words.game(game), *said])


def thinking(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """`rows`: game, phase, action_type, n, p50_ms, p95_ms: from the median to the 95th of 100."""
    is_one = rows["game"].nunique() == 1
    names = [
        name_of(*parts, is_one_game=is_one)
        for parts in zip(rows["game"], rows["phase"], rows["action_type"], strict=True)
    ]
    hover = [
        f"median {words.duration(a)}, p95 {words.duration(b)}, n = {n:,}"
        for a, b, n in zip(rows["p50_ms"], rows["p95_ms"], rows["n"], strict=True)
    ]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "x": [x for pair in zip(rows["p50_ms"], rows["p95_ms"], strict=True) for x in (*pair, None)],
            "y": [name for name in names for _ in range(3)],
            "mode": "lines",
            "line": {"color": colours.rule, "width": 6},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]
    for column, label, colour in (("p50_ms", "Median", colours.accent), ("p95_ms", "p95", colours.muted)):
        traces.append(
            {
                "type": "scatter",
                "x": rows[column].tolist(),
                "y": names,
                "name": label,
                "mode": "markers",
                "marker": {"color": colour, "size": 11},
                "customdata": hover,
                "hovertemplate": "%{y}<br>%{customdata}<extra></extra>",
            }
        )
    axis = {"type": "log", "tickvals": _TICKS_MS, "ticktext": [duration_label(ms) for ms in _TICKS_MS]}
    return drawn(traces, {"xaxis": axis}, colours, legend=True, height=100 + 32 * len(rows), categories=True)


def bars(
    names: list[str], values: list[float], texts: list[str], hover: list[str], colour: str, colours: Palette
) -> go.Figure:
    """One bar for each name, with its value in words behind it."""
    bar = {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": names,
        "marker": {"color": colour},
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"color": colours.ink, "size": 12},
        "customdata": hover,
        "hovertemplate": "%{y}<br>%{customdata}<extra></extra>",
    }
    axis = {"range": [0, max([1e-9, *values]) * 1.35], "visible": False}
    return drawn(
        [bar], {"xaxis": axis, "bargap": 0.35}, colours, height=60 + 32 * len(names), categories=True
    )


def phases(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """`rows`: game, phase, n_left, mean_ms: how long phases lasted, on average."""
    rows = rows[rows["mean_ms"].notna()]
    is_one = rows["game"].nunique() == 1
    names = [
        name_of(game, phase, is_one_game=is_one)
        for game, phase in zip(rows["game"], rows["phase"], strict=True)
    ]
    texts = [words.duration(ms) for ms in rows["mean_ms"]]
    hover = [f"{text} on average, {n:,} times" for text, n in zip(texts, rows["n_left"], strict=True)]
    return bars(names, rows["mean_ms"].tolist(), texts, hover, colours.accent, colours)


def left(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """`rows`: game, phase, seat, n_matches: matches left, by phase, in the colour of who left last."""
    is_one = rows["game"].nunique() == 1
    rows = rows.assign(
        name=[
            name_of(game, phase or "phase not known", is_one_game=is_one)
            for game, phase in zip(rows["game"], rows["phase"], strict=True)
        ]
    )
    order = rows.groupby("name")["n_matches"].sum().sort_values(ascending=False).index.tolist()
    traces = []
    for seat in [*sorted(rows["seat"].dropna().unique()), None]:
        part = rows[rows["seat"].isna() if seat is None else rows["seat"] == seat]
        if part.empty:
            continue
        label = "Nobody had left" if seat is None else words.seat(int(seat))
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "x": [int(n) for n in part["n_matches"]],
                "y": part["name"].tolist(),
                "name": label,
                "marker": {"color": colours.muted if seat is None else colours.seats[int(seat) % 8]},
                "hovertemplate": f"%{{y}}<br>{label}: %{{x:,}} matches<extra></extra>",
            }
        )
    layout = {
        "barmode": "stack",
        "xaxis": {"title": {"text": "matches"}, "tickformat": ",~d"},
        "yaxis": {"categoryorder": "array", "categoryarray": order},
    }
    return drawn(traces, layout, colours, legend=True, height=110 + 32 * len(order), categories=True)


def fairness(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """`rows`: as `gameplay.tables.seats` gives them. A dot and its interval for each seat, a mark at its fair
    share; few matches in grey, and a ring where the fair share lies outside."""
    several = rows.groupby("game")["n_seats"].nunique().max() > 1
    names = [
        f"{words.game(game)}{f' of {n}' if several else ''} · {words.seat(int(seat))}"
        for game, n, seat in zip(rows["game"], rows["n_seats"], rows["seat"], strict=True)
    ]
    is_off = [
        n >= N_MIN and not low <= fair <= high
        for n, low, fair, high in zip(rows["decided"], rows["low"], rows["fair"], rows["high"], strict=True)
    ]
    dot = {
        "type": "scatter",
        "x": rows["share"].tolist(),
        "y": names,
        "name": "Won, with its 95 % interval",
        "mode": "markers",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": (rows["high"] - rows["share"]).tolist(),
            "arrayminus": (rows["share"] - rows["low"]).tolist(),
            "color": colours.muted,
            "thickness": 2,
        },
        "marker": {
            "color": [
                colours.muted if n < N_MIN else colours.seats[1] if off else colours.accent
                for n, off in zip(rows["decided"], is_off, strict=True)
            ],
            "size": 11,
        },
        "customdata": [
            f"{words.percent(won / n)} of {n:,} decided, 95 %: {said(won, n)}"
            for won, n in zip(rows["n_won"], rows["decided"], strict=True)
        ],
        "hovertemplate": "%{y}<br>%{customdata}<extra></extra>",
    }
    fair = {
        "type": "scatter",
        "x": rows["fair"].tolist(),
        "y": names,
        "name": "Fair share",
        "mode": "markers",
        "marker": {"symbol": "line-ns-open", "size": 20, "color": colours.ink, "line": {"width": 2}},
        "hovertemplate": "%{y}<br>fair: %{x:.1%}<extra></extra>",
    }
    layout = {"xaxis": {"tickformat": ",.0%", "title": {"text": "share of decided matches won"}}}
    return drawn([dot, fair], layout, colours, legend=True, height=110 + 30 * len(rows), categories=True)


def refusals(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """`rows`: what (`refused` or `conflict`), reason, n."""
    total = rows["n"].sum()
    names = [
        f"{'Conflict: ' if what == 'conflict' else ''}{reason.replace('_', ' ')}"
        for what, reason in zip(rows["what"], rows["reason"], strict=True)
    ]
    texts = [words.count(n) for n in rows["n"]]
    hover = [f"{n:,}, {words.percent(n / total)} of all" for n in rows["n"]]
    return bars(names, [float(n) for n in rows["n"]], texts, hover, colours.accent, colours)
