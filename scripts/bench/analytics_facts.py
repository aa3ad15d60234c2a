"""Facts made inside DuckDB: as many events a day whatever the size, so that sizes differ in days only.

A room has 26 events: made, two players, a start, twenty moves of which the last ends the match, one leaves,
closed. One in five has a bot. Newer players come more often than older ones.
"""

import time
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
from analytics_figures import Figure

from kibitz_etl.extract import Position
from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from kibitz_etl.trends.tables import trend_tables
from kibitz_etl.warehouse import open_warehouse, transaction
from kibitz_etl.watermarks import Watermark, write_journal_mark

EVENTS_A_DAY = 555_000
EVENTS_A_ROOM = 26
ROOMS_A_DAY = EVENTS_A_DAY // EVENTS_A_ROOM
BEGIN = datetime.fromisoformat("2026-01-05")
"""As the warehouse has times: UTC without saying so."""
STEP_S = 4

_DAY = """
    insert into fct_event by name
    with rooms as (
        select
            range as number,
            $day::timestamp
                + to_microseconds((86400000000 * (range - $first_room) / $rooms)::bigint) as begun_at,
            ['connect-four', 'liars-dice', 'light-cycles'][1 + (hash(range) % 3)::integer] as game,
            hash(range, 1) % 5 = 0 as has_bot,
            floor($players * (1 - (hash(range, 2) % 10000 / 10000.0) ** 3))::bigint as first,
            floor($players * (1 - (hash(range, 3) % 10000 / 10000.0) ** 3))::bigint + 1 as second
        from range($first_room, $first_room + $rooms)
    ),

    seated as (
        select
            *,
            'p_' || lpad(first::varchar, 9, '0') as a,
            if(has_bot, 'b_house.' || number, 'p_' || lpad(second::varchar, 9, '0')) as b
        from rooms
    ),

    steps as (
        select
            *,
            unnest(range(26)) as step
        from seated
    ),

    events as (
        select
            *,
            'r' || lpad(number::varchar, 12, '0') as room_id,
            step between 4 and 23 as is_move,
            begun_at + to_seconds(if(step = 25, 1900, step * 4)) as occurred_at,
            case
                when step in (0, 1, 24) then a
                when step = 2 then b
                when step between 4 and 23 then if(step % 2 = 0, a, b)
            end as player_id
        from steps
    )

    select
        $last_seq + row_number() over (order by occurred_at, number, step) as seq,
        room_id,
        game,
        step + 1 as version,
        occurred_at,
        case
            when step = 0 then 'created'
            when step in (1, 2) then 'joined'
            when step = 3 then 'started'
            when step = 24 then 'left'
            when step = 25 then 'closed'
            else 'action'
        end as kind,
        case when step in (1, 2) then step - 1 when is_move then step % 2 when step = 24 then 0 end as seat,
        player_id,
        player_id like 'b%' as is_bot,
        if(is_move, 'drop', null) as action_type,
        is_move,
        is_move::integer as n_moves,
        if(is_move, 20 + (hash(number, step) % 60)::bigint, 0) as handled_us,
        if(is_move, 500 + (hash(number, step, 7) % 9000)::bigint, null) as spent_ms,
        if(step between 3 and 23, 1, null) as match,
        if(is_move, 'playing', null) as phase_from,
        case when step between 3 and 22 then 'playing' when step = 23 then 'finished' end as phase_to,
        if(step = 3, [a, b], null) as players,
        if(step = 23, 'line', null) as outcome_kind,
        if(step = 23, (hash(number, 9) % 2)::integer, null) as winner_seat,
        if(step = 25, 'empty', null) as close_reason,
        false as is_fork,
        2 as seats,
        false as is_private,
        1 as schema_version
    from events
    order by seq
    """


def days_of(events: int) -> int:
    return max(1, round(events / EVENTS_A_DAY))


def make_facts(con: duckdb.DuckDBPyConnection, events: int) -> int:
    """Fill `fct_event` a day at a time, from the day that an interrupted run came to; the last position."""
    days = days_of(events)
    rooms = min(ROOMS_A_DAY, events // days // EVENTS_A_ROOM)
    (made,) = con.execute("select coalesce(max(seq), 0) from fct_event").fetchall()[0]
    for day in range(made // (rooms * EVENTS_A_ROOM), days):
        values = {
            "day": BEGIN + timedelta(days=day),
            "first_room": day * rooms,
            "rooms": rooms,
            "players": max(500, events // 500) * (day + 1) // days,
            "last_seq": day * rooms * EVENTS_A_ROOM,
        }
        con.execute(_DAY, values)
    return days * rooms * EVENTS_A_ROOM


def end_of(events: int) -> datetime:
    """When the next room begins."""
    return BEGIN + timedelta(days=days_of(events))


def run(data: Path, events: int) -> list[Figure]:
    """A warehouse of so many events, counted and published, in `data`."""
    paths, models = Paths(data), load_models()
    paths.warehouse_dir.mkdir(parents=True, exist_ok=True)
    ends_at = end_of(events)
    if not paths.warehouse.exists():
        with Pipeline(paths, models, utc_now=lambda: ends_at, interval_s=5):
            pass  # which makes the tables
    began = time.perf_counter()
    con = open_warehouse(paths, threads=2)
    last_seq = make_facts(con, events)
    mark = Watermark(Position(last_seq, "r", 26), ends_at, last_seq, 0, 0)
    with transaction(con):
        write_journal_mark(con, mark, ends_at)
    con.close()
    made_s, began = time.perf_counter() - began, time.perf_counter()
    before_s = time.process_time()
    with Pipeline(paths, models, utc_now=lambda: ends_at, interval_s=5, derived=trend_tables()) as pipeline:
        pipeline.rebuild()
    return [
        Figure("facts: events", last_seq, "events"),
        Figure("facts: making them", made_s, "s", note="wall time; nothing where they were there"),
        Figure("facts: counting all of them again", time.perf_counter() - began, "s", note="wall time"),
        Figure("facts: counting all of them again", time.process_time() - before_s, "s"),
    ]
