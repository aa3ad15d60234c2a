"""Brings a warehouse to what the migrations and the model files say, at the start of a run."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb

from kibitz_etl.derived import Derived, make_derived_tables
from kibitz_etl.load import Loader
from kibitz_etl.migrate import EVERYTHING, Days, load_migrations, migrate
from kibitz_etl.model import Model, Window
from kibitz_etl.recount import Recounter
from kibitz_etl.warehouse import (
    adopt,
    changed_models,
    forget_removed,
    make_tables,
    table_columns,
    transaction,
)
from kibitz_etl.watermarks import nothing_counted


def prepare(
    con: duckdb.DuckDBPyConnection,
    models: Sequence[Model],
    derived: Sequence[Derived],
    loader: Loader,
    recounter: Recounter,
) -> None:
    """Migrate, make the tables whose models changed, and count again what that asks for.

    Raises `BadModel`, `CannotReread`, `JournalMissing` or `CheckFailed`.
    """
    with transaction(con):
        done = migrate(con, load_migrations())
        adopted = {name for migration in done for name in migration.adopts}
        for model in models:
            if model.name in adopted and table_columns(con, model.name) == _declared(model):
                adopt(con, model)
        changed = changed_models(con, models)
        forget_removed(con, models)
        facts = [model for model in models if model.window is Window.BATCH and model.name in changed]
        known = {model.name for model in facts if table_columns(con, model.name)}
        make_tables(con, [model for model in models if model.name in changed])
        for model in facts:
            if model.name in known or model.is_staging:
                loader.reread(model)
        make_derived_tables(con, derived)
        if changed:
            nothing_counted(con)
    if changed:
        recounter.recount()
        return
    for days in (migration.rebuild for migration in done):
        if days is not None:
            recounter.recount(*_times(days))


def _declared(model: Model) -> list[tuple[str, str]]:
    return [(column.name, column.type) for column in model.columns]


def _times(days: Days) -> tuple[datetime | None, datetime | None]:
    if days == EVERYTHING:
        return None, None
    first, last = (datetime(day.year, day.month, day.day) for day in days)  # noqa: DTZ001
    return first, last + timedelta(days=1)
