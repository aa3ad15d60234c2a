"""Beside the numbers: what their tables are, in the words of the models."""

from kibitz_dashboard.core.explain import tables_read
from kibitz_dashboard.core.mart import Mart


def test_only_the_tables_that_are_read(mart: Mart) -> None:
    said = tables_read(mart, ("overview/durations", "rooms/rooms"))
    assert [line.split("`")[1] for line in said] == ["agg_duration_hour", "dim_room"]
    assert said[1].endswith("One row per room.")
