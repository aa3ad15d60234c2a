"""The drawings of reports: Vega-Lite to SVG, without a browser; the same ones in HTML and PDF."""

import json
from collections.abc import Sequence
from datetime import date, datetime

import vl_convert

from kibitz_etl.reports.inputs import Row

MUTED = "#5E574A"
RULE = "#DCD4C3"
ACCENT = "#1C6B52"
BLUE = "#0B62B8"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_CONFIG: dict[str, object] = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "domainColor": RULE,
        "tickColor": RULE,
        "gridColor": RULE,
        "gridOpacity": 0.7,
    },
    "legend": {"labelColor": MUTED, "titleColor": MUTED, "orient": "top"},
}


def curve(days: Sequence[Row], ahead: Sequence[Row], marked: Sequence[date], title: str) -> str:
    """A figure day by day; `ahead` as a band behind a dashed line, `marked` days as rings."""
    known = [{"day": _iso(row["metric_date"]), "value": row["value"]} for row in days]
    odd = {day.isoformat() for day in marked}
    band = [
        {"day": _iso(row["metric_date"]), "value": row["value"], "low": row["low"], "high": row["high"]}
        for row in ahead
    ]
    x = {"field": "day", "type": "temporal", "title": None, "axis": {"format": "%-d %b", "grid": False}}
    y = {"field": "value", "type": "quantitative", "title": title}
    edges = {"y": {"field": "low", "type": "quantitative", "title": title}, "y2": {"field": "high"}}
    layers: list[dict[str, object]] = [
        {
            "data": {"values": band},
            "mark": {"type": "area", "color": ACCENT, "opacity": 0.14},
            "encoding": {"x": x, **edges},
        },
        {
            "data": {"values": band},
            "mark": {"type": "line", "color": ACCENT, "strokeDash": [4, 3], "strokeWidth": 1.5},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": known},
            "mark": {"type": "line", "color": ACCENT, "strokeWidth": 2},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": [each for each in known if each["day"] in odd]},
            "mark": {"type": "point", "color": "#A8281E", "size": 70, "strokeWidth": 2},
            "encoding": {"x": x, "y": y},
        },
    ]
    return _svg({"width": 620, "height": 170, "layer": layers if band else layers[2:]})


def heat(hours: Sequence[Row]) -> str:
    """Moves by weekday and hour."""
    cells = [
        {
            "weekday": _WEEKDAYS[int(str(row["weekday"])) - 1],
            "hour": int(str(row["hour"])),
            "moves": row["n_moves"],
        }
        for row in hours
    ]
    return _svg(
        {
            "width": 620,
            "height": 150,
            "data": {"values": cells},
            "mark": {"type": "rect", "cornerRadius": 2, "stroke": "#FFFDF8", "strokeWidth": 2},
            "encoding": {
                "x": {
                    "field": "hour",
                    "type": "ordinal",
                    "title": "hour, UTC",
                    "scale": {"domain": list(range(24))},
                    "axis": {"labelAngle": 0},
                },
                "y": {
                    "field": "weekday",
                    "type": "ordinal",
                    "title": None,
                    "scale": {"domain": list(_WEEKDAYS)},
                },
                "color": {
                    "field": "moves",
                    "type": "quantitative",
                    "scale": {"range": ["#EAE4D6", ACCENT]},
                    # not a gradient: its id would be another one in each drawing of a process
                    "legend": {"title": "moves an hour", "type": "symbol", "symbolType": "square"},
                },
            },
        }
    )


def percentiles(rows: Sequence[Row]) -> str:
    """From the median to the slowest hundredth, a line for each; the point is the slowest twentieth."""
    shown = [
        {
            "what": f"{row['name'] or row['subject']}",
            "p50": row["p50_ms"],
            "p95": row["p95_ms"],
            "p99": row["p99_ms"],
        }
        for row in rows[:14]
    ]
    # names are measured in another font than the reader's, which may be wider
    axis = {"labelLimit": 220, "labelFontSize": 10, "minExtent": 190}
    y = {"field": "what", "type": "nominal", "title": None, "sort": None, "axis": axis}
    scale = {"type": "log"}
    return _svg(
        {
            "width": 460,
            "height": {"step": 20},
            "data": {"values": shown},
            "layer": [
                {
                    "mark": {"type": "rule", "color": MUTED, "strokeWidth": 2},
                    "encoding": {
                        "y": y,
                        "x": {
                            "field": "p50",
                            "type": "quantitative",
                            "title": "ms: median to 99 %",
                            "scale": scale,
                        },
                        "x2": {"field": "p99"},
                    },
                },
                {
                    "mark": {"type": "point", "filled": True, "color": ACCENT, "size": 70},
                    "encoding": {"y": y, "x": {"field": "p95", "type": "quantitative", "scale": scale}},
                },
            ],
        }
    )


def load(hours: Sequence[Row]) -> str:
    """CPU, hour by hour: the average as an area, the most as a line."""
    values = [
        {"at": _iso(row["hour_at"]), "avg": row["cpu_percent_avg"], "most": row["cpu_percent_max"]}
        for row in hours
    ]
    x = {"field": "at", "type": "temporal", "title": None, "axis": {"grid": False}}
    return _svg(
        {
            "width": 620,
            "height": 140,
            "data": {"values": values},
            "layer": [
                {
                    "mark": {"type": "line", "color": BLUE, "strokeWidth": 1, "opacity": 0.6},
                    "encoding": {
                        "x": x,
                        "y": {"field": "most", "type": "quantitative", "title": "CPU, % of a core"},
                    },
                },
                {
                    "mark": {"type": "area", "color": BLUE, "opacity": 0.35},
                    "encoding": {"x": x, "y": {"field": "avg", "type": "quantitative"}},
                },
            ],
        }
    )


def _iso(moment: object) -> str:
    return moment.isoformat() if isinstance(moment, (date, datetime)) else str(moment)


def _svg(spec: dict[str, object]) -> str:
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": _CONFIG, **spec}
    return str(vl_convert.vegalite_to_svg(json.dumps(whole)))
