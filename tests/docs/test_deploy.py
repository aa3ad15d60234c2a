"""The files in deploy/ ask only for metrics, labels, values and settings that there are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import ProcessCollector
from promql_parser import VectorSelector

from kibitz.app.etl_state import STATES
from kibitz.config import TABLE
from kibitz.metrics.names import DECLARED, Kind
from kibitz.play.events import EVENTS
from kibitz.rooms.fold.lifecycle import Status
from kibitz.telemetry.records import IncidentKind
from kibitz.transport.reasons import DisconnectReason

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SCRAPED = {"instance", "job"}
VALUES: dict[tuple[str, str], set[str]] = {
    ("kibitz_sessions_ended_total", "reason"): set(DisconnectReason),
    ("kibitz_incidents_total", "kind"): set(IncidentKind),
    ("kibitz_rooms", "status"): set(Status),
    ("kibitz_event_seconds_bucket", "event"): set(EVENTS),
    ("kibitz_etl_state", "state"): set(STATES),
    ("kibitz_errors_total", "kind"): {"http", "exception", "commit", "transport"},
    ("kibitz_journal_refused_total", "reason"): {"conflict", "unavailable"},
    ("kibitz_telemetry_records_total", "result"): {"written", "dropped", "failed"},
    ("kibitz_ticks_total", "result"): {"done", "left_out"},
    ("kibitz_cache_total", "result"): {"hit", "miss"},
}


def series() -> dict[str, set[str]]:
    """Labels by the name of a series, as it is scraped."""
    found = {"up": set[str]()}
    for declared in DECLARED:
        labels = set(declared.labels)
        if declared.kind is Kind.HISTOGRAM:
            found[f"{declared.name}_bucket"] = labels | {"le"}
            found[f"{declared.name}_sum"] = found[f"{declared.name}_count"] = labels
        else:
            found[declared.name] = labels
    for family in ProcessCollector(registry=None).collect():
        found |= {sample.name: set() for sample in family.samples}
    return found


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "kibitz-alerts.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DEPLOY / "grafana" / "kibitz.json").read_text("utf-8"))
    return content


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    drawn = [target["expr"] for panel in panels() for target in panel["targets"]]
    marked = [mark["expr"] for mark in dashboard()["annotations"]["list"]]
    # Grafana puts an interval there before Prometheus sees it.
    return [text.replace("$__rate_interval", "1m") for text in (*drawn, *marked)] + [
        rule["expr"] for rule in rules()
    ]


def selectors(expr: object) -> Iterator[VectorSelector]:
    """Every selector within an expression."""
    if isinstance(expr, VectorSelector):
        yield expr
    for name in ("expr", "lhs", "rhs", "vector_selector", "args"):
        inner = getattr(expr, name, None)
        for each in inner if isinstance(inner, list) else [inner]:
            if each is not None:
                yield from selectors(each)


@pytest.mark.parametrize("text", expressions())
def test_every_expression_asks_for_what_there_is(text: str) -> None:
    known = series()
    found = list(selectors(promql_parser.parse(text)))
    assert found
    for selector in found:
        assert selector.name is not None
        assert selector.name in known, f"there is no series {selector.name}"
        for matcher in selector.matchers.matchers:
            assert matcher.name in known[selector.name] | SCRAPED, f"{selector.name} has no {matcher.name}"
            if matcher.name not in SCRAPED:
                allowed = VALUES[selector.name, matcher.name]
                assert set(matcher.value.split("|")) <= allowed, f"{matcher.name} is never {matcher.value}"
    grouped = {label for labels in re.findall(r"\bby \(([^)]*)\)", text) for label in labels.split(", ")}
    assert grouped <= SCRAPED.union(*(known[selector.name or ""] for selector in found))


def test_a_wrong_name_would_be_noticed() -> None:
    (selector,) = selectors(promql_parser.parse('sum(rate(kibitz_no_such_total{a="b"}[5m]))'))
    assert selector.name not in series()


def test_every_metric_has_a_place_in_the_dashboard() -> None:
    drawn = " ".join(target["expr"] for panel in panels() for target in panel["targets"])
    variables = json.dumps(dashboard()["templating"])
    missing = [each.name for each in DECLARED if each.name not in drawn + variables]
    assert missing == []


def test_panels_lie_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + across, place["y"] + down)
            for across in range(place["w"])
            for down in range(place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    numbers = [panel["id"] for panel in dashboard()["panels"]]
    assert len(set(numbers)) == len(numbers)


def test_every_alert_says_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["action"]


def test_the_scrape_and_the_service_name_one_port_and_real_settings() -> None:
    scrape = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    (target,) = scrape["scrape_configs"][0]["static_configs"][0]["targets"]
    assert scrape["scrape_configs"][0]["job_name"] == "kibitz"
    assert scrape["rule_files"] == ["kibitz-alerts.yml"]
    unit = (DEPLOY / "systemd" / "kibitz.service").read_text("utf-8")
    settings = dict(re.findall(r"^Environment=(KIBITZ_\w+)=(.*)$", unit, flags=re.MULTILINE))
    rows = {row.variable: row for row in TABLE}
    for variable, value in settings.items():
        rows[variable].parse(value)
    assert target == f"127.0.0.1:{settings['KIBITZ_METRICS_PORT']}"


def test_the_page_names_every_file() -> None:
    page = (DEPLOY / "README.md").read_text("utf-8")
    files = [
        file.relative_to(DEPLOY).as_posix()
        for file in DEPLOY.rglob("*")
        if file.is_file() and file.name != "README.md"
    ]
    assert [name for name in files if f"`{name}`" not in page] == []
