"""Beside the numbers: what their tables are, in the words of the models; and SQL that can be run again."""

from datetime import datetime

import pytest

from kibitz_dashboard.core.explain import contract, filled_in, tables_read
from kibitz_dashboard.core.mart import Mart, queries_of, query_text
from kibitz_dashboard.sql.console import run_sql
from support.analytics_journal import naive


def test_only_the_tables_that_are_read(mart: Mart) -> None:
    said = tables_read(mart, ("overview/durations", "rooms/rooms"))
    assert [line.split("`")[1] for line in said] == ["agg_duration_hour", "dim_room"]
    assert said[1].endswith("One row per room.")


def test_values_become_literals() -> None:
    sql = "select $a, $b, $c, $unknown where x = $a_b"
    said = filled_in(sql, {"a": "O'Neill", "b": 3, "c": datetime(2026, 11, 23, 1), "a_b": -1})  # noqa: DTZ001
    assert said == "select 'O''Neill', 3, timestamp '2026-11-23 01:00:00', $unknown where x = -1"


@pytest.mark.parametrize("name", [*queries_of("overview"), *queries_of("rooms")])
def test_the_sql_that_is_shown_runs_on_the_sql_page(mart: Mart, name: str) -> None:
    parameters = {
        "from_at": naive("2026-11-17 00:00:00"),
        "to_at": naive("2026-11-23 13:00:00"),
        "step": "day",
        "game": "",
        "bots": "all",
        "zone": "Europe/Paris",
        "status": "all",
        "about": "active",
        "outcome": "",
        "weekday": -1,
        "hour": -1,
        "from_hour": -1,
        "row_limit": 10,
    }
    mart.close()
    run_sql(mart.path, filled_in(query_text(name), parameters))  # type: ignore[arg-type]


def test_the_contract_names_zone_watermark_and_late_rows(mart: Mart) -> None:
    said = "\n".join(
        contract(mart, None, period="17 Nov", zone="Asia/Tokyo", now=naive("2026-11-23 12:30:00"))
    )
    assert "Asia/Tokyo" in said
    assert f"event {mart.meta.watermark_seq:,}" in said
    assert "**Late** 0 events" in said
