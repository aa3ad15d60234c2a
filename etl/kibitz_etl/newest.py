"""Which rows of a large table are published: the newest, as many as its header says."""

# ruff: noqa: S608  (table and column names come from the package's own model files)

import duckdb

from kibitz_etl.model import Model

Cutoffs = dict[str, str]
"""By table: the oldest value that was published last. Nothing older is looked at again while tables only
grow; whoever counts everything again empties it."""


def newest_rows(con: duckdb.DuckDBPyConnection, model: Model, cutoffs: Cutoffs) -> str:
    """The condition on the rows that are published; `cutoffs` is brought up to date.

    What is left out are whole values of the column that says what is newest: a day or an hour is there with
    all of its rows, or not at all.
    """
    if model.published is None or model.published.newest is None:
        return "true"
    by, newest = model.published.by, model.published.newest
    if con.execute(f"select count(*) <= {newest} from {model.name}").fetchall()[0][0]:
        return "true"
    known = f"where {by} >= '{cutoffs[model.name]}'" if model.name in cutoffs else ""
    (oldest,) = con.execute(
        f"""
        select coalesce(min({by}) filter (where up_to <= {newest}), max({by}))::varchar from (
            select {by}, sum(count(*)) over (order by {by} desc) as up_to
            from {model.name} {known} group by {by}
        )
        """
    ).fetchall()[0]
    if oldest is None:
        return "true"
    cutoffs[model.name] = oldest
    return f"{by} >= '{oldest}'"
