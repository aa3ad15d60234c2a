"""What must be counted again: the rooms, players and hours that new rows belong to.

The sets are temporary tables: `touched_rooms` and `touched_players` are read by the models' queries,
`touched_hours` (with the origin of what touched them) by the runner, who makes spans of them.
"""

# ruff: noqa: S608  (table and column names come from the package's own model files)

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb

from kibitz_etl.model import Model, Touch, Window
from kibitz_etl.models import JOURNAL, OF_TELEMETRY
from kibitz_etl.transform import Parameters, used

ROOMS_AT_ONCE = 40_000
LONG_EVENTS = 1_000_000
"""Between a long-lived room's first event and its last: such rooms are counted by themselves, so that they do
not stretch the part of the facts that is read for all the others."""
AFTER_EVERY_REACH = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Rooms:
    """Some of the touched rooms; they are in `touched_rooms`."""

    first_seq: int
    last_seq: int
    """All their events lie between the two: lets DuckDB pass over the rest of a table."""


def begin(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create or replace temp table all_rooms (room_id varchar, first_seq bigint, last_seq bigint)")
    con.execute("create or replace temp table touched_rooms (room_id varchar)")
    con.execute("create or replace temp table all_players (origin varchar, player_id varchar)")
    con.execute("create or replace temp table touched_players (player_id varchar)")
    con.execute("create or replace temp table touched_hours (origin varchar, hour_at timestamp)")


def touch_rooms_after(con: duckdb.DuckDBPyConnection, seq: int) -> None:
    """Mark every room that has an event after `seq`."""
    con.execute(
        """
        create or replace temp table all_rooms as
        select room_id, min(seq) as first_seq, max(seq) as last_seq, min(version) as first_version
        from fct_event where seq > ? group by room_id
        """,
        [seq],
    )
    # a room's first event is its version 1; only rooms that are older than that must be looked up, and
    # of these nearly all are open
    for scope in ("closed_at is null", "true"):
        con.execute(
            f"""
            update all_rooms set first_seq = least(all_rooms.first_seq, dim_room.first_seq), first_version = 1
            from dim_room
            where
                dim_room.room_id = all_rooms.room_id and all_rooms.first_version > 1
                and {scope.replace("closed_at", "dim_room.closed_at")}
            """
        )
        (n_unknown,) = con.execute("select count(*) from all_rooms where first_version > 1").fetchall()[0]
        if not n_unknown:
            break


def touch_rooms_between(con: duckdb.DuckDBPyConnection, from_at: datetime, to_at: datetime) -> None:
    """Mark every room that has an event in that time."""
    con.execute(
        """
        create or replace temp table all_rooms as
        select room_id, min(seq) as first_seq, max(seq) as last_seq, 1 as first_version
        from fct_event
        where room_id in (
            select room_id from fct_event where occurred_at >= ? and occurred_at < ?
        )
        group by room_id
        """,
        [from_at, to_at],
    )


def rooms_in_parts(con: duckdb.DuckDBPyConnection) -> Iterator[Rooms]:
    """Fill `touched_rooms` with some of the marked rooms, oldest first, until all had their turn."""
    con.execute(
        f"""
        create or replace temp table room_parts as
        select
            room_id,
            first_seq,
            last_seq,
            last_seq - first_seq > {LONG_EVENTS} as is_long,
            (row_number() over (partition by is_long order by first_seq) - 1) // {ROOMS_AT_ONCE} as part
        from all_rooms
        """
    )
    parts = con.execute(
        "select is_long, part, min(first_seq), max(last_seq) from room_parts group by all order by all"
    ).fetchall()
    for is_long, part, first_seq, last_seq in parts:
        con.execute(
            """
            create or replace temp table touched_rooms as
            select room_id from room_parts where is_long = ? and part = ?
            """,
            [is_long, part],
        )
        yield Rooms(first_seq, last_seq)


def touch_players_of_rooms(con: duckdb.DuckDBPyConnection) -> None:
    """Mark who came, acted or sat in the rooms whose events are staged."""
    con.execute(
        f"""
        insert into all_players
        select distinct '{JOURNAL}', player_id from (
            select player_id from stg_room_events
            union all
            select unnest(players) from stg_room_events
            union all
            select unnest(tick_players) from stg_room_events
        )
        where player_id is not null
        """
    )


def touch_new_hours(con: duckdb.DuckDBPyConnection, model: Model, origin: str, after: int) -> None:
    """Mark the hours that the rows of a fact after position `after` belong to."""
    position = "seq" if origin == JOURNAL else "id"
    for touch in model.touches:
        con.execute(
            f"""
            insert into touched_hours
            select distinct '{origin}', date_trunc('hour', {touch.at})::timestamp
            from {model.name} where {position} > {after} and {touch.at} is not null
            """
        )


def touch_new_players(con: duckdb.DuckDBPyConnection, model: Model, after: int) -> None:
    """Mark the players in the rows of a fact of telemetry after position `after`."""
    con.execute(
        f"""
        insert into all_players
        select distinct '{OF_TELEMETRY}', player_id from {model.name} where id > {after}
        """
    )


def players_of(con: duckdb.DuckDBPyConnection, origins: Collection[str]) -> bool:
    """Fill `touched_players` with the players in new rows of these origins; whether there are any."""
    con.execute(
        f"""
        create or replace temp table touched_players as
        select distinct player_id from all_players where origin in ({_listed(origins)})
        """
    )
    return bool(con.execute("select exists (from touched_players)").fetchall()[0][0])


def touch_hours_between(con: duckdb.DuckDBPyConnection, from_at: datetime, to_at: datetime) -> None:
    """Mark all of them, whatever is in them."""
    for origin in (JOURNAL, OF_TELEMETRY):
        con.execute(
            f"""
            insert into touched_hours
            select '{origin}', unnest(range(date_trunc('hour', ?::timestamp), ?::timestamp, interval 1 hour))
            """,
            [from_at, to_at],
        )


@contextmanager
def touching_changes(
    con: duckdb.DuckDBPyConnection, model: Model, origin: str, window: str, parameters: Parameters
) -> Iterator[None]:
    """Mark the hours of the rows that the block changes within the window, as the model's `touches` say."""
    if not model.touches or model.window is Window.BATCH:
        yield
        return
    names = [f"rows_before_{number}" for number in range(len(model.touches))]
    for name, touch in zip(names, model.touches, strict=True):
        con.execute(
            f"create or replace temp table {name} as {_seen(model, touch, window)}", used(window, parameters)
        )
    yield
    for name, touch in zip(names, model.touches, strict=True):
        con.execute(
            f"create or replace temp table rows_after as {_seen(model, touch, window)}",
            used(window, parameters),
        )
        changed = f"""
            (from {name} except all from rows_after) union all (from rows_after except all from {name})
        """
        if touch.is_of_events:
            con.execute(
                f"""
                insert into touched_hours
                select distinct '{origin}', date_trunc('hour', occurred_at)::timestamp
                from stg_room_events where room_id in (select room_id from ({changed}))
                """
            )
        else:
            con.execute(
                f"""
                insert into touched_hours
                select distinct '{origin}', date_trunc('hour', {touch.at})::timestamp
                from ({changed}) where {touch.at} is not null
                """
            )
        con.execute(f"drop table {name}")


def _seen(model: Model, touch: Touch, window: str) -> str:
    """The columns whose change counts, with the time and the key they belong to."""
    names = dict.fromkeys([model.key, *touch.columns, *(() if touch.is_of_events else (touch.at,))])
    return f"select {', '.join(names)} from {model.name} where {window}"


def hours_of(con: duckdb.DuckDBPyConnection, origins: Collection[str]) -> list[datetime]:
    """The hours that rows of these origins touched, in order."""
    return [
        hour
        for (hour,) in con.execute(
            f"select distinct hour_at from touched_hours where origin in ({_listed(origins)}) order by 1"
        ).fetchall()
    ]


def _listed(origins: Collection[str]) -> str:
    return ", ".join(f"'{origin}'" for origin in sorted(origins))


def days_of(hours: Sequence[datetime]) -> list[datetime]:
    return [datetime(day.year, day.month, day.day) for day in sorted({hour.date() for hour in hours})]  # noqa: DTZ001


def passed_days(before: date | None, now: date | None) -> list[datetime]:
    """The days between the newest one counted and the newest one now: they are over, whatever was in them.

    Only as many as a day can reach; after that nothing changes any more.
    """
    if before is None or now is None:
        return []
    n_days = min((now - before).days, AFTER_EVERY_REACH.days)
    start = datetime(before.year, before.month, before.day)  # noqa: DTZ001
    return [start + timedelta(days=number) for number in range(1, n_days)]
