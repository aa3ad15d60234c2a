"""Headers are promises: one that is missing, untrue or broken is refused, with its file's name."""

from pathlib import Path

import duckdb
import pytest

from kibitz_etl.errors import BadModel, CheckFailed
from kibitz_etl.models import Model, Window, load_models, parse_model
from kibitz_etl.transform import check, make

GOOD = """\
-- agg_x: counts of things.
-- Said in two lines.
--
-- window: hours
-- grain: one row per hour
-- source: fct_match
-- published: the 10 rooms that changed last, by hour_at
-- columns:
--   hour_at timestamp: start of the hour
--   n bigint: things
-- checks:
--   not null hour_at, n
--   unique hour_at
--   accepted n in (1, 2)
--   always n > 0
with a as (select * from fct_match) -- from nowhere
select timestamp '2026-01-01' as hour_at, count(*) as n from a
"""


def test_a_header_is_read_whole() -> None:
    model = parse_model("agg_x.sql", GOOD)
    assert model.about == "counts of things. Said in two lines."
    assert (model.window, model.grain, model.sources) == (Window.HOURS, "one row per hour", ("fct_match",))
    assert [(c.name, c.type) for c in model.columns] == [("hour_at", "timestamp"), ("n", "bigint")]
    assert model.published is not None
    assert (model.published.newest, model.published.by) == (10, "hour_at")
    assert model.sql.startswith("with a as")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("-- agg_x: counts", "-- counts", "the first line must be"),
        ("agg_x:", "agg_y:", "must be named after its table"),
        ("-- window: hours\n", "", "does not say 'window'"),
        ("window: hours", "window: weeks", "unknown window"),
        ("-- grain: one row per hour\n", "", "does not say 'grain'"),
        ("source: fct_match", "source: fct_event", "the query reads"),
        ("published: the 10 rooms", "published: some rooms", "published must be"),
        ("n bigint: things", "n bigint", "is not 'name type: meaning'"),
        ("always n > 0", "usually n > 0", "unknown check"),
    ],
)
def test_a_wrong_header_is_refused(old: str, new: str, reason: str) -> None:
    with pytest.raises(BadModel, match=reason) as refused:
        parse_model("agg_x.sql", GOOD.replace(old, new))
    assert str(refused.value).startswith("agg_x.sql: ")


def test_the_shipped_models_come_in_the_order_of_their_sources() -> None:
    names = [model.name for model in load_models()]
    for model in load_models():
        for source in model.sources:
            is_read = source == "journal_batch" or source.startswith("telemetry_")
            assert is_read or names.index(source) < names.index(model.name)


def test_models_that_read_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "marts").mkdir()
    for name, source in (("agg_x", "agg_y"), ("agg_y", "agg_x")):
        text = GOOD.replace("agg_x", name).replace("fct_match", source)
        (tmp_path / "marts" / f"{name}.sql").write_text(text, "utf-8")
    with pytest.raises(BadModel, match="in a circle"):
        load_models(tmp_path)


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        ("(null, 1)", "not null hour_at, n"),
        ("('2026-01-01', 1), ('2026-01-01', 2)", "unique hour_at"),
        ("('2026-01-01', 3)", "accepted n in (1, 2)"),
        ("('2026-01-01', -1)", "accepted n in (1, 2)"),
    ],
)
def test_a_broken_promise_stops_the_run(rows: str, broken: str) -> None:
    model = parse_model("agg_x.sql", GOOD)
    with duckdb.connect() as con:
        con.execute("create table agg_x (hour_at timestamp, n bigint)")
        con.execute(f"insert into agg_x values {rows}")
        with pytest.raises(CheckFailed, match="agg_x: 1 rows break the check") as failed:
            check(con, model, "agg_x")
    assert broken in str(failed.value)


def test_a_query_that_gives_other_columns_than_the_header_says_is_refused() -> None:
    model = parse_model("agg_x.sql", GOOD.replace("n bigint: things", "n integer: things"))
    with duckdb.connect() as con:
        con.execute("create table fct_match (a integer)")
        with pytest.raises(BadModel, match="the header says"):
            make(con, model, {})


@pytest.mark.parametrize("model", load_models(), ids=lambda model: model.name)
def test_columns_with_units_say_them(model: Model) -> None:
    for column in model.columns:
        if column.name.endswith("_ms"):
            assert "millisecond" in column.meaning, column
        if column.name.endswith("_us"):
            assert "microsecond" in column.meaning, column
        if column.name.endswith("_at"):
            assert "UTC" in column.meaning, column
